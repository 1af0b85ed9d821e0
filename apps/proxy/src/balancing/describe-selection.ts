import type { RequestFacts } from './selection-policy.ts';
import type { Upstream, UpstreamState } from './upstream.ts';
import type { UpstreamPool } from './upstream-pool.ts';

/** An upstream of the pool as it was just before the selection. */
export type ConsideredUpstream = {
  readonly id: string;
  /** `tried`: the request has been tried there already. */
  readonly state: UpstreamState | 'tried';
  readonly reason?: string;
  readonly inFlight: number;
  readonly weight: number;
  /** The moving average of peak-ewma; 0 before the first response. */
  readonly responseTimeMs: number;
};

/** How an upstream was selected, for traces. */
export type Selection = {
  /** The name of the policy, or `sticky cookie`. */
  readonly by: string;
  readonly considered: readonly ConsideredUpstream[];
};

/** Describes the upstreams of a pool before one is selected. `tried` are those that the request was tried at. */
export const considerUpstreams = (
  { upstreams }: UpstreamPool,
  tried: readonly Upstream[],
): readonly ConsideredUpstream[] =>
  upstreams.map((upstream) => {
    const { id, state, reason, inFlight, weight, responseTime } = upstream;
    return {
      id,
      state: tried.includes(upstream) ? 'tried' : state,
      ...(reason === undefined ? {} : { reason }),
      inFlight,
      weight,
      responseTimeMs: Math.round(responseTime.valueMs * 1000) / 1000,
    };
  });

export const describeSelection = (
  considered: readonly ConsideredUpstream[],
  selected: Upstream,
  request: RequestFacts,
  pool: UpstreamPool,
): Selection => {
  const isSticky = pool.sticky?.find(request, pool.upstreams) === selected;
  return { by: isSticky ? 'sticky cookie' : pool.policyChoice.name, considered };
};
