import {
  type LatencyCounts,
  mergeCounts,
  quantileMs,
  subtractCounts,
} from '@tripod/shared/metrics/latency-histogram';
import type { Traffic } from '@tripod/stack-client/reading';

/** Counters of answered requests that only grow. */
export type TrafficCounters = {
  /** By class of status, such as `2xx`. */
  readonly answers: Readonly<Record<string, number>>;
  readonly latency: LatencyCounts;
};

const roundTo = (digits: number, value: number): number => Number(value.toFixed(digits));

/** What was added between two readings. Counters that began again, such as those of a new process, count from zero. */
export const subtractTraffic = (later: TrafficCounters, earlier: TrafficCounters): TrafficCounters => {
  const hasRestarted = Object.entries(later.answers).some(
    ([status, count]) => count < (earlier.answers[status] ?? 0),
  );
  if (hasRestarted) return later;
  return {
    answers: Object.fromEntries(
      Object.entries(later.answers).map(([status, count]) => [
        status,
        count - (earlier.answers[status] ?? 0),
      ]),
    ),
    latency: subtractCounts(later.latency, earlier.latency),
  };
};

/** Adds the counters of several copies: percentiles are never averaged. */
export const mergeTraffic = (all: readonly TrafficCounters[]): TrafficCounters => {
  const answers: Record<string, number> = {};
  for (const one of all) {
    for (const [status, count] of Object.entries(one.answers))
      answers[status] = (answers[status] ?? 0) + count;
  }
  return { answers, latency: mergeCounts(all.map(({ latency }) => latency)) };
};

/** The rates and percentiles of what was added within a time. */
export const describeTraffic = ({ answers, latency }: TrafficCounters, seconds: number): Traffic => {
  const quantile = (share: number): number | undefined => {
    const ms = quantileMs(latency, share);
    return ms === undefined ? undefined : roundTo(3, ms);
  };
  const rates = Object.entries(answers).flatMap(([status, count]) =>
    count > 0 ? [[status, roundTo(2, count / seconds)] as const] : [],
  );
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
  return {
    requestsPerSecond: roundTo(2, total / seconds),
    byStatus: Object.fromEntries(rates),
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
  };
};
