import type { Measurements } from '../measure/measurements.ts';

/** The figures of one second of a run. */
export type Sample = {
  readonly elapsedSeconds: number;
  /** Users of the closed model, or tasks of the open model that have not ended. */
  readonly users: number;
  /** Since the start. */
  readonly requests: number;
  readonly failed: number;
  /** Of this second, as the following ones. */
  readonly requestsPerSecond: number;
  readonly failedPerSecond: number;
  /** 0 in a second without a response. */
  readonly responseTimeMs: { readonly p50: number; readonly p95: number; readonly p99: number };
};

/** Returns a function that turns the sums of each second into its sample. */
export const createSampler = (): ((sums: Measurements, elapsedMs: number) => Sample) => {
  let lastMs = 0;
  let last: Measurements | undefined;
  return (sums, elapsedMs) => {
    const times = last === undefined ? sums.response : sums.response.since(last.response);
    const seconds = Math.max(1, elapsedMs - lastMs) / 1000;
    const perSecond = (counter: 'requests' | 'failed'): number =>
      (sums.get(counter) - (last?.get(counter) ?? 0)) / seconds;
    const sample = {
      elapsedSeconds: elapsedMs / 1000,
      users: sums.get('users'),
      requests: sums.get('requests'),
      failed: sums.get('failed'),
      requestsPerSecond: perSecond('requests'),
      failedPerSecond: perSecond('failed'),
      responseTimeMs: { p50: times.quantile(0.5), p95: times.quantile(0.95), p99: times.quantile(0.99) },
    };
    lastMs = elapsedMs;
    last = sums;
    return sample;
  };
};
