import {
  type LatencyCounts,
  mergeCounts,
  quantileMs,
  toSparseCounts,
} from '@tripod/shared/metrics/latency-histogram';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

const roundedMs = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.round(ms * 1000) / 1000;

const quantilesOf = (counts: LatencyCounts) => ({
  p50: roundedMs(quantileMs(counts, 0.5)),
  p90: roundedMs(quantileMs(counts, 0.9)),
  p99: roundedMs(quantileMs(counts, 0.99)),
});

/** Quantiles of the answered attempts of these upstreams together; null without any. */
const latencyOf = (upstreams: readonly Upstream[]) => ({
  last10s: quantilesOf(mergeCounts(upstreams.map(({ latency }) => latency.recent()))),
  sinceStart: quantilesOf(mergeCounts(upstreams.map(({ latency }) => latency.total()))),
});

const sumOf = (upstreams: readonly Upstream[], read: (upstream: Upstream) => number): number =>
  upstreams.reduce((sum, upstream) => sum + read(upstream), 0);

const reasonsOf = (upstreams: readonly Upstream[]): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const { counters } of upstreams) {
    for (const [reason, count] of counters.ejectionsByReason) sums[reason] = (sums[reason] ?? 0) + count;
  }
  return sums;
};

/** The sums of the counters of these upstreams. */
const countedAt = (upstreams: readonly Upstream[]) => ({
  inFlight: sumOf(upstreams, ({ inFlight }) => inFlight),
  requests: sumOf(upstreams, ({ counters }) => counters.requests),
  failures: sumOf(upstreams, ({ counters }) => counters.failures),
  retries: sumOf(upstreams, ({ counters }) => counters.retries),
  ejections: sumOf(upstreams, ({ counters }) => counters.ejections),
  ejectionsByReason: reasonsOf(upstreams),
  answers: Object.fromEntries(
    [1, 2, 3, 4, 5].map((group) => [
      `${group}xx`,
      sumOf(upstreams, ({ counters }) => counters.answersByClass[group] ?? 0),
    ]),
  ) as Readonly<Record<string, number>>,
  connects: sumOf(upstreams, ({ counters }) => counters.connects),
  reuses: sumOf(upstreams, ({ counters }) => counters.reuses),
  bytesSent: sumOf(upstreams, ({ counters }) => counters.bytesSent),
  bytesReceived: sumOf(upstreams, ({ counters }) => counters.bytesReceived),
  latencyMs: latencyOf(upstreams),
});

export type ReportOptions = {
  /** Whether `latencyBuckets` is added, from which percentiles of any period can be computed. Default false. */
  readonly latencyBuckets?: boolean;
};

/** The report of an upstream on the admin side. */
export const reportUpstream = (upstream: Upstream, { latencyBuckets = false }: ReportOptions = {}) => ({
  id: upstream.id,
  url: upstream.url,
  state: upstream.state,
  ...(upstream.reason === undefined ? {} : { reason: upstream.reason }),
  healthy: upstream.healthy,
  ejected: upstream.ejected,
  draining: upstream.draining,
  drained: upstream.drained,
  enabled: upstream.enabled,
  weight: upstream.fullWeight,
  /** Less than `weight` during a slow start. */
  currentWeight: upstream.weight,
  responseTimeMs: roundedMs(upstream.responseTime.valueMs || undefined),
  maxInFlight: Number.isFinite(upstream.maxInFlight) ? upstream.maxInFlight : null,
  ...countedAt([upstream]),
  ...(latencyBuckets ? { latencyBuckets: toSparseCounts(upstream.latency.total()) } : {}),
});

/** The report of a pool on the admin side. */
export const reportPool = (pool: UpstreamPool, options: ReportOptions = {}) => ({
  name: pool.name,
  policy: pool.policyChoice.name,
  policyOptions: pool.policyChoice.options,
  upstreams: pool.upstreams.map((upstream) => reportUpstream(upstream, options)),
  /** Sums over the current upstreams of the pool. */
  totals: countedAt(pool.upstreams),
});
