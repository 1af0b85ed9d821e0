/** One visit, as it was counted. */
export type Visit = {
  /** A UUID that this store issued. */
  readonly sessionId: string;
  /** 1 for the first visit of the session. */
  readonly sessionCount: number;
  readonly globalCount: number;
};

export type VisitCounters = {
  /**
   * Counts one visit, for its session and for all, in one step: each caller gets numbers of its own. A session lives
   * for 12 hours after its last visit. An id that is undefined, that the store did not issue, or whose session has
   * expired gets a new session.
   */
  visit(claimedId: string | undefined): Promise<Visit>;
};

export type KeyValues = {
  /** Resolves once the value is stored. The last value of a key is kept. */
  set(key: string, value: string): Promise<void>;
  get(key: string): Promise<string | undefined>;
};

export type JobCounts = {
  readonly waiting: number;
  /** Taken by a worker, whether it still lives or not. */
  readonly running: number;
  /** Since the store exists. */
  readonly done: number;
  readonly failed: number;
};

/** A job that a worker holds. */
export type TakenJob = {
  /** Undefined for a job that another program pushed to the Redis list. */
  readonly id: number | undefined;
  readonly name: string;
  /** How many tries have failed before this one. */
  readonly failedTries: number;
  /** How many workers in a row lost the job since its last failed try: they died, or were too slow to renew it. */
  readonly lostLeases: number;
  /** Proves that the worker holds the job. Each `take` makes another one. */
  readonly lease: string;
};

/**
 * Jobs whose effect happens exactly once: it is recorded in the same step that ends the job, and only for the worker
 * that holds the lease. The work itself may be repeated by another worker when the first one dies.
 */
export type JobQueue = {
  /** Adds a job at the end. Throws API_JOBS_FULL when too many wait. */
  enqueue(name: string): Promise<{ readonly id: number }>;
  /** Calls that arrive while a count runs share the next one. */
  counts(): Promise<JobCounts>;
  /** Takes the next job, or one whose lease has expired; undefined when there is none. */
  take(workerName: string, leaseMs: number): Promise<TakenJob | undefined>;
  /** Renews the lease. False when the job is no longer held. */
  renew(job: TakenJob, leaseMs: number): Promise<boolean>;
  /** Ends the job and records its effect. False when the job is no longer held: then nothing was recorded. */
  complete(job: TakenJob): Promise<boolean>;
  /** Gives the job back after a failed try. The third failed try ends it, and so does the tenth lost lease. */
  fail(job: TakenJob, reason: string): Promise<FailOutcome>;
  /**
   * Resolves when there may be a job to take, at the latest after 2 s or when the signal is aborted. It may reject
   * when the store is unavailable.
   */
  waitForJob(signal: AbortSignal): Promise<void>;
};

/** `lost`: the job was no longer held, and nothing changed. */
export type FailOutcome = 'retried' | 'failed' | 'lost';

/** State that all copies and workers share. Uses fail with AppErrors of status 503 while it is unavailable. */
export type StateStore = {
  readonly visits: VisitCounters;
  readonly keys: KeyValues;
  readonly jobs: JobQueue;
  /** Makes the first attempt to connect. Resolves also when the store is unavailable. */
  start(): Promise<void>;
  /** Undefined when the store can be used, otherwise a short reason without secrets. */
  reason(): string | undefined;
  close(): Promise<void>;
};

/** How long a session lives after its last visit. */
export const sessionLifetimeMs = 12 * 3_600_000;

/** A job whose work throws is tried this many times. */
export const maxJobTries = 3;

/**
 * A job is taken over this many times from workers that died or fell silent: it may be what kills them. More often
 * than a failed try, because workers are killed for other reasons, too.
 */
export const maxLostLeases = 10;

/** Whether the next failure of a job is its last one. */
export const isLastTry = ({
  failedTries,
  lostLeases,
}: Pick<TakenJob, 'failedTries' | 'lostLeases'>): boolean =>
  failedTries + 1 >= maxJobTries || lostLeases >= maxLostLeases;

/** Number of ended jobs that are kept for inspection, each with its worker and its outcome. */
export const keptEndedJobs = 10_000;

/** Default limit on waiting jobs. */
export const defaultMaxWaitingJobs = 100_000;

/** An idle worker looks for expired leases this often, and a missed notification delays it no longer. */
export const longestJobWaitMs = 2000;

/** Most visits or jobs that go out in one statement, and most that wait for theirs: further ones are refused. */
export const maxRowsPerGroup = 500;
export const maxWaitingRows = 5000;
