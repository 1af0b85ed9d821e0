import { countsByBound, latencyBoundsSeconds } from '@tripod/shared/metrics/latency-histogram';
import type { Metrics, Sample } from '@tripod/shared/metrics/metrics';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

/** Registers the metrics of each upstream. Some appear with its first request. */
export const registerUpstreamMetrics = (metrics: Metrics, pools: () => readonly UpstreamPool[]): void => {
  const labelled = function* (): Generator<readonly [Upstream, Readonly<Record<string, string>>]> {
    for (const pool of pools()) {
      for (const upstream of pool.upstreams) yield [upstream, { pool: pool.name, upstream: upstream.id }];
    }
  };
  // Without requests these series are all zeros: for thousands of unused upstreams, megabytes of them.
  const used = function* (): ReturnType<typeof labelled> {
    for (const one of labelled()) if (one[0].counters.requests > 0) yield one;
  };
  const each = (read: (upstream: Upstream) => number) =>
    function* (): Generator<Sample> {
      for (const [upstream, labels] of labelled()) yield { labels, value: read(upstream) };
    };
  const { counter, gauge, histogram } = metrics;
  gauge(
    'tripod_upstream_available',
    '1 when the upstream gets new requests.',
    each((u) => Number(u.available)),
  );
  gauge(
    'tripod_upstream_healthy',
    '1 while its active checks pass.',
    each((u) => Number(u.healthy)),
  );
  gauge(
    'tripod_upstream_in_flight',
    'Requests in flight at the upstream.',
    each((u) => u.inFlight),
  );
  counter(
    'tripod_upstream_attempts_total',
    'Attempts at the upstream.',
    each((u) => u.counters.requests),
  );
  counter(
    'tripod_upstream_failures_total',
    'Attempts that ended without a valid response head.',
    each((u) => u.counters.failures),
  );
  counter(
    'tripod_upstream_retries_total',
    'Attempts that were retried after a failure at the upstream.',
    each((u) => u.counters.retries),
  );
  counter('tripod_upstream_ejections_total', 'Ejections by the passive checks, by reason.', function* () {
    for (const [{ counters }, labels] of used()) {
      for (const [reason, value] of counters.ejectionsByReason)
        yield { labels: { ...labels, reason }, value };
    }
  });
  counter('tripod_upstream_answers_total', 'Responses, by class of status.', function* () {
    for (const [{ counters }, labels] of used()) {
      for (const [group, value] of counters.answersByClass.entries()) {
        if (group > 0) yield { labels: { ...labels, class: `${group}xx` }, value };
      }
    }
  });
  counter('tripod_upstream_connections_total', 'Attempts, by the kind of connection.', function* () {
    for (const [{ counters }, labels] of used()) {
      yield { labels: { ...labels, connection: 'new' }, value: counters.connects };
      yield { labels: { ...labels, connection: 'reused' }, value: counters.reuses };
    }
  });
  counter(
    'tripod_upstream_sent_bytes_total',
    'Bytes sent to the upstream, heads and framing included.',
    each((u) => u.counters.bytesSent),
  );
  counter(
    'tripod_upstream_received_bytes_total',
    'Bytes received from the upstream, heads and framing included.',
    each((u) => u.counters.bytesReceived),
  );
  // A histogram instead of a summary: buckets of several proxies or upstreams can be added, quantiles cannot.
  histogram(
    'tripod_upstream_response_duration_seconds',
    'Time from the start of an answered attempt to the end of its response.',
    function* () {
      for (const [{ latency }, labels] of used()) {
        const counts = countsByBound(latency.total());
        yield { labels, bounds: latencyBoundsSeconds, counts, sum: latency.sumMs / 1000 };
      }
    },
  );
};
