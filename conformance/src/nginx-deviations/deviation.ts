import type { Expectation } from '../case/case.ts';

/** What nginx does in its own way, in words, what that looks like, and the rules to which it does so. */
export type Way = {
  readonly says: string;
  readonly expect: Expectation;
  /** What the steps of the row wait for never comes: that is the difference, and nothing is waited for long. */
  readonly isStuck?: boolean;
  readonly rules: readonly string[];
};
