import type { Histogram } from './histogram.ts';

/** Durations in ms. */
export type Percentiles = {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
};

export const percentilesOf = (histogram: Histogram): Percentiles => ({
  p50: histogram.quantile(0.5),
  p90: histogram.quantile(0.9),
  p95: histogram.quantile(0.95),
  p99: histogram.quantile(0.99),
  'p99.9': histogram.quantile(0.999),
  max: histogram.quantile(1),
});
