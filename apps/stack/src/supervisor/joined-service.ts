/** What `ps` shows of a joined service. */
export type JoinedStatus = {
  readonly pid?: number | undefined;
  /** The process that runs it, when that is another one. */
  readonly guardPid?: number | undefined;
  readonly port?: number | undefined;
  readonly running: boolean;
  readonly restarts?: number | undefined;
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
  /** Ends the use. When the stack was the only user, the service has stopped when this resolves. */
  leave(): Promise<void>;
};
