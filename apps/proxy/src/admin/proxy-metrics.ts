import type { Metrics, Sample } from '@tripod/shared/metrics/metrics';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

/** Hands the counters of the upstreams to whoever scrapes. */
export const registerProxyMetrics = (metrics: Metrics, pools: readonly UpstreamPool[]): void => {
  const each = (read: (upstream: Upstream) => number) =>
    function* (): Generator<Sample> {
      for (const pool of pools) {
        for (const upstream of pool.upstreams) {
          yield { labels: { pool: pool.name, upstream: upstream.id }, value: read(upstream) };
        }
      }
    };
  const { counter, gauge } = metrics;
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
    'Requests at the upstream now.',
    each((u) => u.inFlight),
  );
  counter(
    'tripod_upstream_attempts_total',
    'Attempts at the upstream.',
    each((u) => u.counters.requests),
  );
  counter(
    'tripod_upstream_failures_total',
    'Attempts that ended before a response head.',
    each((u) => u.counters.failures),
  );
  counter(
    'tripod_upstream_retries_total',
    'Attempts made again after one that failed there.',
    each((u) => u.counters.retries),
  );
  counter(
    'tripod_upstream_ejections_total',
    'Times the passive checks took it out.',
    each((u) => u.counters.ejections),
  );
  counter('tripod_upstream_answers_total', 'Responses, by class of status.', function* () {
    for (const pool of pools) {
      for (const upstream of pool.upstreams) {
        for (const [group, value] of upstream.counters.answersByClass.entries()) {
          if (group === 0) continue;
          yield { labels: { pool: pool.name, upstream: upstream.id, class: `${group}xx` }, value };
        }
      }
    }
  });
};
