import type { LoadResult, NameResult } from '@tripod/load/report/load-result';
import type { FailureRow, StatisticsRow } from '../../web/src/room-model.ts';
import type { LoadReport } from '../../web/src/wire.ts';

const toRow = (one: NameResult, seconds: number): StatisticsRow => ({
  type: one.method,
  name: one.name,
  requests: one.requests,
  fails: one.failed,
  medianMs: one.responseTimeMs.p50,
  p95Ms: one.responseTimeMs.p95,
  p99Ms: one.responseTimeMs.p99,
  averageMs: one.averageMs,
  minMs: one.minMs,
  maxMs: one.responseTimeMs.max,
  averageBytes: one.averageBytes,
  currentRps: one.requests / seconds,
  failuresPerSecond: one.failed / seconds,
});

const meanOf = (names: readonly NameResult[], read: (one: NameResult) => number): number | undefined => {
  const requests = names.reduce((sum, one) => sum + one.requests, 0);
  return requests === 0
    ? undefined
    : names.reduce((sum, one) => sum + read(one) * one.requests, 0) / requests;
};

const timeOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text);

/** Turns the results of a load into the tables of the page. */
export const toReport = (result: LoadResult, isRunning: boolean): LoadReport => {
  const { names, requests, failed, responseTimeMs, failures, durationMs, generator, samples } = result;
  const seconds = Math.max(0.001, durationMs / 1000);
  const last = samples.at(-1);
  const failureRows: readonly FailureRow[] = failures.map(({ kind, count, firstAt, lastAt }) => ({
    ...{ kind, count },
    firstAtMs: timeOf(firstAt),
    lastAtMs: timeOf(lastAt),
  }));
  return {
    isRunning,
    model: result.model,
    rows: names.map((one) => toRow(one, seconds)),
    total: {
      type: '',
      name: 'Aggregated',
      requests,
      fails: failed,
      medianMs: responseTimeMs.p50,
      p95Ms: responseTimeMs.p95,
      p99Ms: responseTimeMs.p99,
      averageMs: meanOf(names, ({ averageMs }) => averageMs),
      minMs: names.length === 0 ? undefined : Math.min(...names.map(({ minMs }) => minMs)),
      maxMs: responseTimeMs.max,
      averageBytes: meanOf(names, ({ averageBytes }) => averageBytes),
      currentRps: isRunning ? last?.requestsPerSecond : requests / seconds,
      failuresPerSecond: isRunning ? last?.failedPerSecond : failed / seconds,
    },
    failures: failureRows,
    late: generator.late,
  };
};
