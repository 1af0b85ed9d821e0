/** A request of a user. */
export type LoadRequest = {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The target, with its query. */
  readonly path: string;
  /** The line of the statistics. Default: the path without its query. */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** The status that counts as success. Default: each one below 400. */
  readonly status?: number;
};

export type LoadResponse = {
  /** 0 when no response came. */
  readonly status: number;
  readonly body: string;
  readonly bodyBytes: number;
  /** The value of a header; undefined when it is missing. Of several, the first. */
  header(name: string): string | undefined;
};

/** One simulated user. Each has a connection and cookies of its own. */
export type User = {
  /** Numbers the users of a run from 0. */
  readonly number: number;
  /** A pseudo-random number from 0 to below 1, of the seed of the run. */
  random(): number;
  /** Sends a request and waits for its response. A failure is counted and does not throw: the status tells. */
  ask(request: LoadRequest): Promise<LoadResponse>;
  /** Counts a failed check under this name, such as `the created book is missing`. */
  fail(kind: string): void;
  /** Adds to a number that `check` gets, summed over all users. */
  tally(name: string, by?: number): void;
};

export type Task = {
  readonly name: string;
  /** How often users choose it, relative to the other tasks. Default 1. */
  readonly weight?: number;
  readonly run: (user: User) => Promise<unknown>;
};

/** What holds after a run, such as: everything that was confirmed is stored. */
export type Check = {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
  /** Confirmed writes that are missing, and writes that took effect more than once, where the check counts them. */
  readonly lost?: number;
  readonly repeated?: number;
};

/** What simulated users do. `labs/NAME/scenarios/*.ts` export one each as `scenario`. */
export type Scenario = {
  readonly title: string;
  readonly tasks: readonly Task[];
  /** A user of the closed model pauses for a random time between these two after each task. Default: no pause. */
  readonly thinkTimeMs?: readonly [number, number];
  /** The run time that a form offers first. Default: a minute. */
  readonly usualRunTimeMs?: number;
  /** Called once before the load with a user, and its result goes to `check`. */
  readonly prepare?: (user: User) => Promise<unknown>;
  /** Called once after the load. */
  readonly check?: (
    user: User,
    tallies: Readonly<Record<string, number>>,
    prepared: unknown,
  ) => Promise<readonly Check[]>;
};
