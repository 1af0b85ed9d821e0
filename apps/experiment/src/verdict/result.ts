import type { Check } from '@tripod/load/scenario';
import type { JudgedClaim } from './judge.ts';
import type { Measured } from './measured.ts';

/** What an experiment showed with one load balancer, and in one variant when it has several. */
export type BalancerResult = Measured & {
  readonly balancer: string;
  readonly variant?: string;
  /** Whether it is an engine of our proxy, for which the hypothesis must hold. */
  readonly isOurs: boolean;
  /** The same load without the method. */
  readonly control: { readonly requests: number; readonly failed: number; readonly p99Ms: number };
  readonly claims: readonly JudgedClaim[];
  /** What shows that the fault took effect. */
  readonly proof: readonly JudgedClaim[];
  /** Whether all claims and proofs hold. */
  readonly holds: boolean;
  /** The steps, from the start of the load. */
  readonly method: readonly { readonly run: string; readonly atMs: number; readonly tookMs: number }[];
  readonly checks: readonly Check[];
  /** Why response times do not count: the generator was late. */
  readonly generatorLate?: string;
};

/** The result of an experiment, as `--json` writes it. */
export type ExperimentResult = {
  readonly experiment: string;
  readonly lab: string;
  readonly title: string;
  readonly explain: string;
  /** Whether the hypothesis holds for each engine of our proxy that was run. */
  readonly holds: boolean;
  /** One sentence for each load balancer that is left out. */
  readonly left: readonly string[];
  readonly balancers: readonly BalancerResult[];
};
