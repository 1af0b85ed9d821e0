import type { Percentiles } from '../measure/percentiles.ts';
import type { Check } from '../scenario/scenario.ts';

/** The figures of one name of requests. */
export type NameResult = {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
  readonly averageMs: number;
  readonly responseTimeMs: Percentiles;
};

/** The result of a run, as `--json` writes it. */
export type LoadResult = {
  readonly target: string;
  readonly scenario: string;
  readonly model: string;
  readonly requests: number;
  readonly failed: number;
  readonly failures: readonly { readonly kind: string; readonly count: number }[];
  readonly durationMs: number;
  readonly requestsPerSecond: number;
  /** From the moment at which a request was due. */
  readonly responseTimeMs: Percentiles;
  /** From the moment at which a request was sent. */
  readonly serviceTimeMs: Percentiles;
  /** From due to sent: how late the generator was. */
  readonly sendLagMs: Percentiles;
  readonly names: readonly NameResult[];
  readonly generator: {
    readonly cpuSeconds: number;
    /** Why the times can't be trusted; undefined when they can. */
    readonly late?: string;
  };
  readonly knee?: Knee;
  readonly checks: readonly Check[];
};

/** What `--find-limit` found. Rates are requests per second. */
export type Knee = {
  /** The largest rate at which every target held. */
  readonly rate: number;
  /** The smallest rate at which one did not. */
  readonly exceededAt: number;
  readonly limitedBy: string;
};
