import { type PolicyName, selectionPolicies } from '../balancing/policy-table.ts';
import { Upstream, upstreamId } from '../balancing/upstream.ts';
import { UpstreamPool } from '../balancing/upstream-pool.ts';
import type { PoolConfig, RouteConfig } from './route-config.ts';
import type { Route } from './route-table.ts';

/** What of the configuration makes the routes. */
export type RoutesConfig = {
  readonly routes: readonly RouteConfig[];
  readonly policy: PolicyName;
  readonly maxBodyBytes: number;
};

export type MakeRoutesOptions = {
  /** Pools of the configuration until now, by name. */
  readonly earlier: readonly UpstreamPool[];
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether active checks will tell when a new upstream is ready. */
  readonly activeChecks: boolean;
  /** Told of each upstream that is in its pool no more. */
  readonly onRemoved: (upstream: Upstream, pool: UpstreamPool) => void;
};

/**
 * The upstreams of a pool: those that stay are the same objects, with their health, their counters and what is in
 * flight. One that was never checked waits for its first passed check, unless the pool would have no one to ask meanwhile.
 */
const upstreamsOf = (
  config: PoolConfig,
  earlier: readonly Upstream[],
  activeChecks: boolean,
): readonly Upstream[] => {
  const upstreams = config.upstreams.map((options) => {
    const id = upstreamId(options.url);
    const kept = earlier.find((upstream) => upstream.id === id);
    if (!kept) return new Upstream({ ...options, healthy: !activeChecks });
    kept.weight = options.weight;
    kept.setMaxInFlight(options.maxInFlight);
    return kept;
  });
  if (!upstreams.some(({ available }) => available)) {
    for (const upstream of upstreams) if (!upstream.checked) upstream.setHealthy(true);
  }
  return upstreams;
};

/**
 * Makes the routes of a configuration over the pools that there are: a pool of the same name stays and is brought up to
 * date, and one that no route names any more is emptied. Never throws for a configuration that was parsed.
 */
export const makeRoutes = (config: RoutesConfig, options: MakeRoutesOptions): readonly Route[] => {
  const { earlier, random, activeChecks, onRemoved } = options;
  const pools = new Map<string, UpstreamPool>();
  const replace = (pool: UpstreamPool, next: readonly Upstream[]): void => {
    const left = pool.upstreams.filter((upstream) => !next.includes(upstream));
    pool.replace(next);
    for (const upstream of left) onRemoved(upstream, pool);
  };
  for (const { pool: wanted } of config.routes) {
    const { name, policy: policyName = config.policy } = wanted;
    if (pools.has(name)) continue;
    const known = earlier.find((pool) => pool.name === name);
    const upstreams = upstreamsOf(wanted, known?.upstreams ?? [], activeChecks);
    if (!known) {
      const policy = selectionPolicies[policyName](random);
      pools.set(name, new UpstreamPool({ name, policyName, policy, upstreams }));
      continue;
    }
    if (known.policyName !== policyName) known.setPolicy(policyName, selectionPolicies[policyName](random));
    replace(known, upstreams);
    pools.set(name, known);
  }
  for (const pool of earlier) if (!pools.has(pool.name)) replace(pool, []);
  return config.routes.map(({ prefix, stripPrefix, hostHeader, maxBodyBytes, pool }) => ({
    prefix,
    stripPrefix,
    hostHeader,
    maxBodyBytes: maxBodyBytes ?? config.maxBodyBytes,
    pool: pools.get(pool.name) as UpstreamPool,
  }));
};
