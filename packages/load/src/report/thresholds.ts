import type { LoadResult } from './load-result.ts';

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
  /** `none`: the generator was late, so that nothing can be said. */
  readonly verdict: 'held' | 'missed' | 'none';
};

type Judged = Pick<LoadResult, 'failed' | 'responseTimeMs'> & {
  readonly generator?: { readonly late?: string };
};

/**
 * Lateness of the generator makes response times longer, never shorter. So a limit that holds in spite of it holds, and
 * one that is exceeded has no verdict. Requests that were dropped have no time at all.
 */
const judgeP99 = ({ responseTimeMs, generator }: Judged, maxP99Ms: number): JudgedThreshold['verdict'] => {
  const isAbove = responseTimeMs.p99 > maxP99Ms;
  const late = generator?.late;
  if (late !== undefined && (isAbove || late.includes('dropped'))) return 'none';
  return isAbove ? 'missed' : 'held';
};

/** Judges each threshold that is set. */
export const judgeThresholds = (
  result: Judged,
  { maxP99Ms, maxFailed }: Thresholds,
): readonly JudgedThreshold[] => [
  ...(maxP99Ms === undefined
    ? []
    : [
        {
          name: 'p99 of the response time',
          limit: `at most ${maxP99Ms} ms`,
          measured: `${result.responseTimeMs.p99.toFixed(1)} ms`,
          verdict: judgeP99(result, maxP99Ms),
        },
      ]),
  ...(maxFailed === undefined
    ? []
    : [
        {
          name: 'failed requests and checks',
          limit: `at most ${maxFailed}`,
          measured: String(result.failed),
          verdict: result.failed > maxFailed ? ('missed' as const) : ('held' as const),
        },
      ]),
];

/** The sentences about what a run misses; empty when it holds all thresholds and checks. */
export const findMissed = (
  thresholds: readonly JudgedThreshold[],
  checks: LoadResult['checks'],
  late: string | undefined,
): readonly string[] => [
  ...checks
    .filter(({ holds }) => !holds)
    .map(({ name, detail }) => `The check "${name}" does not hold: ${detail}.`),
  ...thresholds.flatMap(({ name, limit, measured, verdict }) => {
    if (verdict === 'held') return [];
    if (verdict === 'missed')
      return [`The threshold "${name}" is missed: ${measured}, and the limit is ${limit}.`];
    return [`The threshold "${name}" has no verdict, because the generator was late: ${late}.`];
  }),
];
