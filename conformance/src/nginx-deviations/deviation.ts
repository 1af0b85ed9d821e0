import type { Expectation } from '../case/case.ts';

/** What nginx does instead of some rules. */
export type NginxDeviation = {
  /** The behaviour in words, for docs/reference/conformance.md. */
  readonly behaviour: string;
  readonly expect: Expectation;
  /** What the steps of the row wait for never happens: the wait must time out, and it is kept short. */
  readonly expectsTimeout?: boolean;
  readonly rules: readonly string[];
};
