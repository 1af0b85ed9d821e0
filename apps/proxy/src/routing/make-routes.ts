import type { Clock } from '@tripod/shared/async/clock';
import { createPolicy, type PolicySetting, parsePolicy } from '../balancing/policies/policy-table.ts';
import { StickySessions } from '../balancing/sticky-sessions.ts';
import { Upstream, upstreamId } from '../balancing/upstream.ts';
import { UpstreamPool } from '../balancing/upstream-pool.ts';
import type { PoolConfig, RouteConfig, RouteTimeouts } from './route-config.ts';
import type { Route } from './route-table.ts';
import { createHeaderRules } from './rules/header-rules.ts';
import { createRequestGuard } from './rules/request-guard.ts';

/** The part of the configuration that routes are made from. */
export type RoutesConfig = RouteTimeouts & {
  readonly routes: readonly RouteConfig[];
  readonly policy: PolicySetting;
  readonly maxBodyBytes: number;
};

export type MakeRoutesOptions = {
  /** The pools of the configuration that was in force before. */
  readonly earlier: readonly UpstreamPool[];
  readonly clock: Clock;
  /** The key of the sticky cookies of this process. */
  readonly stickyKey: Buffer;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
  /** Whether active checks are on. They mark a new upstream healthy. */
  readonly activeChecks: boolean;
  /** Called for each upstream that left its pool. */
  readonly onRemoved: (upstream: Upstream, pool: UpstreamPool) => void;
};

/**
 * The upstreams of a pool. Those that stay are the same objects, with their health, counters and requests in flight. A
 * new upstream waits for its first passed check, unless the pool would be empty meanwhile.
 */
const upstreamsOf = (
  config: PoolConfig,
  earlier: readonly Upstream[],
  activeChecks: boolean,
): readonly Upstream[] => {
  const earlierById = new Map(earlier.map((upstream) => [upstream.id, upstream]));
  const upstreams = config.upstreams.map((options) => {
    const kept = earlierById.get(upstreamId(options.url));
    if (!kept) return new Upstream({ ...options, healthy: !activeChecks });
    kept.weight = options.weight;
    kept.setMaxInFlight(options.maxInFlight);
    kept.slowStartMs = options.slowStartMs ?? 0;
    return kept;
  });
  if (!upstreams.some(({ available }) => available)) {
    for (const upstream of upstreams) if (!upstream.checked) upstream.setHealthy(true);
  }
  return upstreams;
};

const isSamePolicy = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The route of a configuration without its pool. What its rules need is prepared here, once, and not for a request. */
const makeRoute = (
  route: RouteConfig,
  {
    pool,
    config,
    clock,
  }: { readonly pool: UpstreamPool; readonly config: RoutesConfig; readonly clock: Clock },
): Route => {
  const { headers = {}, maxBodyBytes = config.maxBodyBytes, basicAuth } = route;
  const { request = {}, response = {} } = headers;
  // Credentials that were checked here mean nothing to the upstream.
  const removed = basicAuth ? [...(request.remove ?? []), 'authorization'] : (request.remove ?? []);
  return {
    ...(route.host === undefined ? {} : { host: route.host }),
    prefix: route.prefix,
    ...(route.exact === undefined ? {} : { exact: route.exact }),
    stripPrefix: route.stripPrefix,
    allowEncodedSlash: route.allowEncodedSlash,
    rewriteLocation: route.rewriteLocation,
    rewriteCookiePath: route.rewriteCookiePath,
    hostHeader: route.hostHeader,
    pool,
    maxBodyBytes,
    timeouts: {
      connectTimeoutMs: route.connectTimeoutMs ?? config.connectTimeoutMs,
      responseTimeoutMs: route.responseTimeoutMs ?? config.responseTimeoutMs,
      idleTimeoutMs: route.idleTimeoutMs ?? config.idleTimeoutMs,
      clientBodyTimeoutMs: route.clientBodyTimeoutMs ?? config.clientBodyTimeoutMs,
    },
    guard: createRequestGuard(route, clock),
    requestHeaders: createHeaderRules({ ...request, remove: removed }),
    responseHeaders: createHeaderRules(response),
    failStatuses: route.failStatuses && new Set(route.failStatuses),
  };
};

/**
 * Makes the routes of a configuration over the existing pools: a pool that keeps its name is updated, and a pool that
 * no route names any more is emptied. Never throws for a configuration that was parsed.
 */
export const makeRoutes = (config: RoutesConfig, options: MakeRoutesOptions): readonly Route[] => {
  const { earlier, random, activeChecks, onRemoved, clock, stickyKey } = options;
  const pools = new Map<string, UpstreamPool>();
  const replace = (pool: UpstreamPool, next: readonly Upstream[]): void => {
    const left = pool.upstreams.filter((upstream) => !next.includes(upstream));
    pool.replace(next);
    for (const upstream of left) onRemoved(upstream, pool);
  };
  for (const { pool: wanted } of config.routes) {
    const { name, policy: setting = config.policy } = wanted;
    if (pools.has(name)) continue;
    const policyChoice = parsePolicy(setting);
    const known = earlier.find((pool) => pool.name === name);
    const upstreams = upstreamsOf(wanted, known?.upstreams ?? [], activeChecks);
    const sticky = wanted.sticky && new StickySessions(wanted.sticky, stickyKey);
    const pool =
      known ??
      new UpstreamPool({ name, policyChoice, policy: createPolicy(policyChoice, random), upstreams });
    pools.set(name, pool);
    pool.sticky = sticky;
    pool.slowStartMs = wanted.slowStartMs ?? 0;
    if (!known) continue;
    if (!isSamePolicy(known.policyChoice, policyChoice))
      known.setPolicy(policyChoice, createPolicy(policyChoice, random));
    replace(known, upstreams);
  }
  for (const pool of earlier) if (!pools.has(pool.name)) replace(pool, []);
  return config.routes.map((route) =>
    makeRoute(route, { pool: pools.get(route.pool.name) as UpstreamPool, config, clock }),
  );
};
