import { type NameFigures, Tallies } from '../generator/tallies.ts';
import type { ThreadFigures } from '../generator/thread-job.ts';
import { Histogram } from '../measure/histogram.ts';
import type { Measurements } from '../measure/measurements.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import type { FailureResult, LoadResult, NameResult } from './load-result.ts';

const nameResult = ({
  method,
  name,
  requests,
  failed,
  totalMs,
  minMs,
  bytes,
  response,
}: NameFigures): NameResult => ({
  ...{ method, name, requests, failed },
  averageMs: totalMs / Math.max(1, requests),
  minMs: requests === 0 ? 0 : minMs,
  averageBytes: bytes / Math.max(1, requests),
  responseTimeMs: percentilesOf(response),
});

const sumNames = (all: readonly ThreadFigures[]): readonly NameResult[] => {
  const sums = new Tallies();
  for (const { names } of all)
    for (const { method, name, requests, failed, bytes, totalMs, minMs, memory } of names) {
      const sum = sums.of(method, name);
      sum.requests += requests;
      sum.failed += failed;
      sum.bytes += bytes;
      sum.totalMs += totalMs;
      sum.minMs = Math.min(sum.minMs, minMs);
      sum.response.add(new Histogram(memory));
    }
  return [...sums.names.values()].map(nameResult);
};

const isoOf = (ms: number): string => new Date(ms).toISOString();

const sumFailures = (all: readonly ThreadFigures[]): readonly FailureResult[] => {
  const sums = new Map<string, { count: number; firstMs: number; lastMs: number }>();
  for (const { failures } of all)
    for (const [kind, { count, firstMs, lastMs }] of failures) {
      const sum = sums.get(kind) ?? { count: 0, firstMs, lastMs };
      sum.count += count;
      sum.firstMs = Math.min(sum.firstMs, firstMs);
      sum.lastMs = Math.max(sum.lastMs, lastMs);
      sums.set(kind, sum);
    }
  return [...sums]
    .map(([kind, { count, firstMs, lastMs }]) => ({
      ...{ kind, count },
      ...{ firstAt: isoOf(firstMs), lastAt: isoOf(lastMs) },
    }))
    .sort((a, b) => b.count - a.count);
};

/** The tallies of the scenario over all threads. */
export const sumTallies = (all: readonly ThreadFigures[]): Readonly<Record<string, number>> => {
  const sums = new Map<string, number>();
  for (const { numbers } of all)
    for (const [name, count] of numbers) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
};

/**
 * Times say little about the server when the generator itself was late: when the p99 of the send lag is larger than a
 * tenth of the p99 of the response time, and than 2 ms, because the timer has a step of 1 ms.
 */
const findLateness = (sums: Measurements): string | undefined => {
  const dropped = sums.get('dropped');
  if (dropped > 0)
    return `${dropped} requests were dropped, because no connection was free: try --connections`;
  const lag = sums.lag.quantile(0.99);
  const response = sums.response.quantile(0.99);
  return lag > Math.max(2, response / 10)
    ? `it sent 1 % of the requests ${lag.toFixed(1)} ms late or later, and the p99 is ${response.toFixed(1)} ms`
    : undefined;
};

export type RunFacts = Pick<
  LoadResult,
  'target' | 'scenario' | 'model' | 'load' | 'changes' | 'samples' | 'checks'
> & { readonly elapsedMs: number; readonly cpuSeconds: number };

/** The result of a run, or of the run so far. */
export const sumUp = (
  sums: Measurements,
  threads: readonly ThreadFigures[],
  { elapsedMs, cpuSeconds, samples, changes, checks, ...facts }: RunFacts,
): LoadResult => {
  const late = findLateness(sums);
  return {
    ...facts,
    requests: sums.get('requests'),
    failed: sums.get('failed'),
    failures: sumFailures(threads),
    durationMs: elapsedMs,
    requestsPerSecond: sums.get('requests') / (Math.max(1, elapsedMs) / 1000),
    responseTimeMs: percentilesOf(sums.response),
    serviceTimeMs: percentilesOf(sums.service),
    sendLagMs: percentilesOf(sums.lag),
    names: sumNames(threads),
    generator: { cpuSeconds, ...(late === undefined ? {} : { late }) },
    checks,
    changes,
    samples,
  };
};
