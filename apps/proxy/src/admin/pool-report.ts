import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

/** What the admin side tells of an upstream. */
export const reportUpstream = (upstream: Upstream) => {
  const { requests, failures, retries, ejections, answersByClass } = upstream.counters;
  return {
    id: upstream.id,
    url: upstream.url,
    state: upstream.state,
    ...(upstream.reason === undefined ? {} : { reason: upstream.reason }),
    healthy: upstream.healthy,
    ejected: upstream.ejected,
    draining: upstream.draining,
    weight: upstream.weight,
    inFlight: upstream.inFlight,
    requests,
    failures,
    retries,
    ejections,
    answers: Object.fromEntries(answersByClass.map((n, group) => [`${group}xx`, n]).slice(1)) as Record<
      string,
      number
    >,
  };
};

/** What the admin side tells of a pool. */
export const reportPool = (pool: UpstreamPool) => ({
  name: pool.name,
  policy: pool.policyName,
  upstreams: pool.upstreams.map(reportUpstream),
});
