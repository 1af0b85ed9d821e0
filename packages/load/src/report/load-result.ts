import type { Percentiles } from '../measure/percentiles.ts';
import type { Check } from '../scenario/scenario.ts';
import type { Sample } from './sample.ts';

/** The figures of one name of requests. */
export type NameResult = {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  readonly averageMs: number;
  readonly minMs: number;
  /** Mean length of the bodies. */
  readonly averageBytes: number;
  readonly responseTimeMs: Percentiles;
};

/** The failures of one kind. Times are ISO 8601. */
export type FailureResult = {
  readonly kind: string;
  readonly count: number;
  readonly firstAt?: string;
  readonly lastAt?: string;
};

/** What every result has, also that of another tool. A tool may lack some percentiles. */
export type RunFigures = {
  readonly target: string;
  readonly scenario: string;
  readonly model: 'closed' | 'open';
  /** The numbers of the model, such as `100 users, 10 spawned a second`. */
  readonly load: string;
  readonly requests: number;
  readonly failed: number;
  readonly failures: readonly FailureResult[];
  readonly durationMs: number;
  readonly requestsPerSecond: number;
  /** From the moment at which a request was due. A tool that does not know that moment counts from the send. */
  readonly responseTimeMs: Partial<Percentiles>;
  /** From the moment at which a request was sent. */
  readonly serviceTimeMs?: Partial<Percentiles>;
  /** From due to sent: how late the generator was. */
  readonly sendLagMs?: Partial<Percentiles>;
  readonly names: readonly NameResult[];
  readonly checks: readonly Check[];
  readonly knee?: Knee;
};

/** The result of a run. */
export type LoadResult = RunFigures & {
  readonly responseTimeMs: Percentiles;
  readonly serviceTimeMs: Percentiles;
  readonly sendLagMs: Percentiles;
  readonly generator: {
    readonly cpuSeconds: number;
    /** Why the times can't be trusted; undefined when they can. */
    readonly late?: string;
  };
  /** Changes of the load during the run. */
  readonly changes: readonly { readonly atSeconds: number; readonly load: string }[];
  /** One per second: the last hour of a longer run. */
  readonly samples: readonly Sample[];
};

/** What `--find-limit` found. Rates are requests per second. */
export type Knee = {
  /** The largest rate at which every target held. */
  readonly rate: number;
  /** The smallest rate at which one did not. */
  readonly exceededAt: number;
  readonly limitedBy: string;
};
