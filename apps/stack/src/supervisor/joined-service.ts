/** What `ps` shows of a joined service. */
export type JoinedStatus = {
  readonly pid?: number | undefined;
  /** The process that runs it, when that is another one. */
  readonly guardPid?: number | undefined;
  readonly port?: number | undefined;
  readonly running: boolean;
  readonly restarts?: number | undefined;
};

/** Figures of a database. `read` throws when it does not answer. */
export type DatabaseSource = {
  read(): Promise<{
    readonly connections: number;
    readonly maxConnections: number;
    /** Since the statistics began. */
    readonly transactions: number;
    /** Sessions that wait for a lock. */
    readonly waiting: number;
  }>;
  close(): Promise<void>;
};

/** A service that another process runs and that the stack uses while it runs, such as a database with its own guard. */
export type JoinedService = {
  /** Its address, which may hold a password: never print it. */
  readonly url: string;
  /** Undefined for a service outside this machine's control, which `ps` does not list. */
  readonly status: (() => Promise<JoinedStatus>) | undefined;
  /** Why commands such as `stop` and `kill` do not apply, as the first half of a sentence. */
  readonly whyFixed: string;
  /** Kills its process, which its guard starts again. Undefined for a service that is not ours. */
  readonly kill?: () => Promise<void>;
  /** Opens a reader of its statistics. Undefined for a service that is not ours. */
  readonly openStatistics?: () => DatabaseSource;
  /** Ends the use. When the stack was the only user, the service has stopped when this resolves. */
  leave(): Promise<void>;
};
