import type { RunFigures } from './load-result.ts';

export type Thresholds = {
  /** The largest p99 of the response time in ms; undefined for any. */
  readonly maxP99Ms: number | undefined;
  /** The most requests and checks that may fail; undefined for any number. */
  readonly maxFailed: number | undefined;
};

export type JudgedThreshold = {
  readonly name: string;
  readonly limit: string;
  readonly measured: string;
  readonly verdict: 'held' | 'missed' | 'none';
  /** Why there is no verdict. */
  readonly reason?: string;
};

type Judged = Pick<RunFigures, 'failed' | 'responseTimeMs'> & {
  readonly generator?: { readonly late?: string };
};

/**
 * Lateness of the generator makes response times longer, never shorter. So a limit that holds in spite of it holds, and
 * one that is exceeded has no verdict. Requests that were dropped have no time at all.
 */
const judgeP99 = (
  { responseTimeMs: { p99 }, generator }: Judged,
  maxP99Ms: number,
): Pick<JudgedThreshold, 'verdict' | 'reason'> => {
  if (p99 === undefined) return { verdict: 'none', reason: 'the tool reports no p99' };
  const isAbove = p99 > maxP99Ms;
  const late = generator?.late;
  if (late !== undefined && (isAbove || late.includes('dropped')))
    return { verdict: 'none', reason: `the generator was late: ${late}` };
  return { verdict: isAbove ? 'missed' : 'held' };
};

/** Judges each threshold that is set. */
export const judgeThresholds = (
  result: Judged,
  { maxP99Ms, maxFailed }: Thresholds,
): readonly JudgedThreshold[] => {
  const judged: JudgedThreshold[] = [];
  if (maxP99Ms !== undefined)
    judged.push({
      name: 'p99 of the response time',
      limit: `at most ${maxP99Ms} ms`,
      measured: `${result.responseTimeMs.p99?.toFixed(1) ?? '–'} ms`,
      ...judgeP99(result, maxP99Ms),
    });
  if (maxFailed !== undefined)
    judged.push({
      name: 'failed requests and checks',
      limit: `at most ${maxFailed}`,
      measured: String(result.failed),
      verdict: result.failed > maxFailed ? 'missed' : 'held',
    });
  return judged;
};

/** The sentences about what a run misses; empty when it holds all thresholds and checks. */
export const findMissed = (
  thresholds: readonly JudgedThreshold[],
  checks: RunFigures['checks'],
): readonly string[] => [
  ...checks
    .filter(({ holds }) => !holds)
    .map(({ name, detail }) => `The check "${name}" does not hold: ${detail}.`),
  ...thresholds.flatMap(({ name, limit, measured, verdict, reason }) => {
    if (verdict === 'held') return [];
    return verdict === 'missed'
      ? [`The threshold "${name}" is missed: ${measured}, and the limit is ${limit}.`]
      : [`The threshold "${name}" has no verdict, because ${reason}.`];
  }),
];
