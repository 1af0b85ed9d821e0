/** A figure of each phase: before the first step, until all processes serve again after the last one, and then. */
export type Phases<T> = { readonly before: T; readonly during: T; readonly after: T };

/** Counts or shares by the name of a copy. */
export type ByCopy = Readonly<Record<string, number>>;

/** The figures of one run. Each is the path of a claim, such as `shares.after.api-2`. */
export type Measured = {
  readonly requests: Phases<number>;
  /** Failed requests and failed checks of the scenario. */
  readonly failed: number;
  readonly failedIn: Phases<number>;
  /** Failures by kind, such as `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  readonly p50Ms: Phases<number>;
  readonly p99Ms: Phases<number>;
  readonly maxMs: Phases<number>;
  /** The longest response time of a failed request; 0 without any. */
  readonly slowestFailureMs: number;
  /** How long the method took, from the fault of its first step until all processes served again. */
  readonly methodMs: number;
  /** From the fault until the p99 was normal for one second; undefined when it never was. */
  readonly recoveredAfterMs?: number;
  /** From the end of the method to the start of the first request that succeeded; undefined when none did. */
  readonly answeredAfterMs?: number;
  /** Answers of each copy. */
  readonly counts: Phases<ByCopy>;
  /** The part of the answers that each copy gave. */
  readonly shares: Phases<ByCopy>;
  /** Copies that answered in each phase. */
  readonly copies: Phases<number>;
  /** From the fault until our proxy sent a copy nothing more; of the copies that it took out. */
  readonly ejectedAfterMs: ByCopy;
  /** From the fault until our proxy sent such a copy requests again. */
  readonly backAfterMs: ByCopy;
  /** 1 for each process that the stack replaced by another one. */
  readonly replaced: ByCopy;
  readonly writes: { readonly lost: number; readonly repeated: number };
  /** Requests that our proxy sent to copies for each request of a client; undefined for another load balancer. */
  readonly sentPerRequest?: number;
};
