import type { Measurements } from '../measure/measurements.ts';

/** The figures of the run so far, for a line on a terminal or a line of NDJSON. */
export type Progress = {
  readonly elapsedSeconds: number;
  readonly users: number;
  readonly requests: number;
  readonly failed: number;
  /** Of the last second. */
  readonly requestsPerSecond: number;
  readonly responseTimeMs: { readonly p50: number; readonly p95: number; readonly p99: number };
};

/** Returns a function that turns the sums of each second into the progress of the run. */
export const createProgress = (): ((sums: Measurements, elapsedMs: number) => Progress) => {
  let lastRequests = 0;
  let lastMs = 0;
  let last: Measurements | undefined;
  return (sums, elapsedMs) => {
    const times = last === undefined ? sums.response : sums.response.since(last.response);
    const requests = sums.get('requests');
    const requestsPerSecond = ((requests - lastRequests) * 1000) / Math.max(1, elapsedMs - lastMs);
    lastRequests = requests;
    lastMs = elapsedMs;
    last = sums;
    return {
      elapsedSeconds: elapsedMs / 1000,
      users: sums.get('users'),
      requests,
      failed: sums.get('failed'),
      requestsPerSecond,
      responseTimeMs: { p50: times.quantile(0.5), p95: times.quantile(0.95), p99: times.quantile(0.99) },
    };
  };
};

const barWidth = 12;

/** One line of at most 80 columns. */
export const renderProgress = (progress: Progress, durationMs: number): string => {
  const { elapsedSeconds, users, requestsPerSecond, responseTimeMs, failed } = progress;
  const done = Math.min(barWidth, Math.round((elapsedSeconds * 1000 * barWidth) / durationMs));
  const bar = `${'█'.repeat(done)}${'·'.repeat(barWidth - done)}`;
  const { p50, p95, p99 } = responseTimeMs;
  return (
    `${bar} ${elapsedSeconds.toFixed(0)} s  ${users} users  ${requestsPerSecond.toFixed(0)}/s  ` +
    `p50 ${p50.toFixed(1)} p95 ${p95.toFixed(1)} p99 ${p99.toFixed(1)} ms  ${failed} failed`
  ).slice(0, 80);
};
