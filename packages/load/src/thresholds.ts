import type { LoadResult } from './report/load-result.ts';

export type Thresholds = {
  /** The largest p99 of the response time in ms; undefined for any. */
  readonly maxP99Ms: number | undefined;
  /** The most requests and checks that may fail; undefined for any number. */
  readonly maxFailed: number | undefined;
};

/** The sentences about what a result misses; empty when it holds all thresholds and checks. */
export const findMissed = (result: LoadResult, { maxP99Ms, maxFailed }: Thresholds): readonly string[] => {
  const missed = result.checks
    .filter(({ holds }) => !holds)
    .map(({ name, detail }) => `The check "${name}" does not hold: ${detail}.`);
  const { p99 } = result.responseTimeMs;
  if (maxP99Ms !== undefined && p99 > maxP99Ms)
    missed.push(`The p99 of the response time is ${p99.toFixed(1)} ms, more than ${maxP99Ms} ms.`);
  if (maxFailed !== undefined && result.failed > maxFailed)
    missed.push(`${result.failed} requests or checks failed, more than ${maxFailed}.`);
  return missed;
};
