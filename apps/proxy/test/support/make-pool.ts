import { createPolicy, type PolicySetting, parsePolicy } from '../../src/balancing/policies/policy-table.ts';
import type { RequestFacts, SelectionPolicy } from '../../src/balancing/selection-policy.ts';
import { Upstream, type UpstreamOptions } from '../../src/balancing/upstream.ts';
import { UpstreamPool } from '../../src/balancing/upstream-pool.ts';
import { routeDefaults } from '../../src/routing/route-config.ts';
import type { Route } from '../../src/routing/route-table.ts';

export const makeUpstream = (port: number, options: Partial<UpstreamOptions> = {}): Upstream =>
  new Upstream({ url: new URL(`http://127.0.0.1:${port}`), ...options });

/** A round-robin pool with upstreams on ports 1, 2, 3 …, where nothing listens. */
export const makePool = (size: number, options: Partial<UpstreamOptions> = {}): UpstreamPool =>
  poolOf(Array.from({ length: size }, (_, index) => makeUpstream(index + 1, options)));

export const poolOf = (upstreams: readonly Upstream[], name = 'api'): UpstreamPool =>
  new UpstreamPool({
    name,
    policyChoice: parsePolicy('round-robin'),
    policy: makePolicy('round-robin'),
    upstreams,
  });

/** A policy as a config file would name it. */
export const makePolicy = (setting: PolicySetting, random: () => number = Math.random): SelectionPolicy =>
  createPolicy(parsePolicy(setting), random);

export const makeRequest = (
  facts: Partial<RequestFacts> & { readonly lines?: Readonly<Record<string, string>> } = {},
): RequestFacts => ({
  clientAddress: '127.0.0.1',
  method: 'GET',
  target: '/',
  host: 'here',
  headers: { findHeader: (name) => facts.lines?.[name] },
  ...facts,
});

export const aRequest = makeRequest();

/** The time limits of the proxy by default. */
export const routeTimeouts = {
  connectTimeoutMs: 1000,
  responseTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  clientBodyTimeoutMs: 30_000,
};

/** A route at `/` over a pool of one upstream, with the defaults of the config file. */
export const makeRoute = (settings: Partial<Route> = {}): Route => ({
  ...routeDefaults,
  prefix: '/',
  maxBodyBytes: 1000,
  timeouts: routeTimeouts,
  pool: settings.pool ?? makePool(1),
  ...settings,
});
