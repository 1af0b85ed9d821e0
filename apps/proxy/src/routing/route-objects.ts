import type { StructureFault } from '@tripod/shared/config/settings';
import type { PolicySetting } from '../balancing/policies/policy-table.ts';
import type { StickySetting } from '../balancing/sticky-sessions.ts';
import { upstreamId } from '../balancing/upstream.ts';
import {
  type PoolConfig,
  parseUpstreamUrl,
  type RedirectConfig,
  type RouteConfig,
  type RouteMatch,
  type RouteRules,
  reservePoolName,
  routeDefaults,
  type UpstreamConfig,
} from './route-config.ts';
import type { HostHeader } from './route-table.ts';
import type { Redirect } from './rules/redirect.ts';
import { ruleFaults } from './rules/rule-faults.ts';

type UpstreamObject = {
  readonly url: string;
  readonly weight?: number;
  readonly maxInFlight?: number;
  readonly slowStartMs?: number;
};

/** A route in a config file. */
export type RouteObject = RouteRules & {
  readonly host?: string;
  /** Instead of upstreams. */
  readonly redirect?: Redirect;
  /** Either this or `exact`. */
  readonly prefix?: string;
  readonly exact?: string;
  readonly stripPrefix?: boolean;
  readonly allowEncodedSlash?: boolean;
  readonly rewriteLocation?: boolean;
  readonly rewriteCookiePath?: boolean;
  readonly pool?: string;
  /** Absent when another route of the same pool lists them. */
  readonly upstreams?: readonly (string | UpstreamObject)[];
  /** The following three belong to the pool, and stand in the route that lists its upstreams. */
  readonly policy?: PolicySetting;
  readonly sticky?: StickySetting;
  readonly slowStartMs?: number;
  readonly hostHeader?: HostHeader;
};

const toUpstreamObject = (upstream: string | UpstreamObject): UpstreamObject =>
  typeof upstream === 'string' ? { url: upstream } : upstream;

const parseUpstream = (upstream: string | UpstreamObject, ofRoute: number | undefined): UpstreamConfig => {
  const {
    url,
    weight = 1,
    maxInFlight = Number.POSITIVE_INFINITY,
    slowStartMs = ofRoute,
  } = toUpstreamObject(upstream);
  return {
    url: parseUpstreamUrl(url),
    weight,
    maxInFlight,
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
  };
};

/** The pool of the route that lists its upstreams. */
const parsePool = (
  name: string,
  { upstreams = [], policy, sticky, slowStartMs }: RouteObject,
): PoolConfig => ({
  name,
  upstreams: upstreams.map((upstream) => parseUpstream(upstream, slowStartMs)),
  ...(policy === undefined ? {} : { policy }),
  ...(sticky === undefined ? {} : { sticky }),
  ...(slowStartMs === undefined ? {} : { slowStartMs }),
});

/** Pairs of indexes: each later occurrence of a value with the first one. `undefined` never counts. */
const findRepeated = (values: readonly (string | undefined)[]): readonly (readonly [number, number])[] => {
  const firsts = new Map<string, number>();
  const pairs: (readonly [number, number])[] = [];
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, index);
    else pairs.push([index, first]);
  }
  return pairs;
};

const upstreamFaults = (
  upstreams: readonly (string | UpstreamObject)[],
  at: string,
): readonly StructureFault[] => {
  const faults: StructureFault[] = [];
  const pointerOf = (index: number): string =>
    typeof upstreams[index] === 'string' ? `${at}/${index}` : `${at}/${index}/url`;
  const ids = upstreams.map((upstream, index) => {
    try {
      return upstreamId(parseUpstreamUrl(toUpstreamObject(upstream).url));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      faults.push({ pointer: pointerOf(index), problem });
      return undefined;
    }
  });
  for (const [index, first] of findRepeated(ids)) {
    faults.push({
      pointer: pointerOf(index),
      problem: `must not name ${ids[index]} a second time; upstream ${first} has it`,
    });
  }
  return faults;
};

/** Prefixes and exact paths that occur twice for a host, and keys that exclude each other. */
const pathFaults = (routes: readonly RouteObject[]): readonly StructureFault[] => {
  const faults = (['prefix', 'exact'] as const).flatMap((key) =>
    findRepeated(
      routes.map(({ host = '', [key]: path }) =>
        path === undefined ? undefined : `${host.toLowerCase()}${path}`,
      ),
    ).map(([index, first]) => ({
      pointer: `/${index}/${key}`,
      problem: `must differ from the ${key} of route ${first}, and is ${JSON.stringify(routes[index]?.[key])}`,
    })),
  );
  for (const [index, { prefix, exact, stripPrefix }] of routes.entries()) {
    if (exact === undefined) continue;
    if (prefix !== undefined) {
      faults.push({ pointer: `/${index}/exact`, problem: 'must not stand beside a prefix' });
    } else if (stripPrefix !== undefined) {
      faults.push({ pointer: `/${index}/stripPrefix`, problem: 'must not stand beside an exact path' });
    }
  }
  return faults;
};

/** Settings of a pool, which stand in the route that lists its upstreams. */
const poolSettings = ['policy', 'sticky', 'slowStartMs'] as const;

/** A redirect answers by itself: every other setting of its route would have no effect. */
const redirectFaults = (route: RouteObject, at: string): readonly StructureFault[] =>
  Object.keys(route)
    .filter((key) => !['host', 'prefix', 'exact', 'redirect'].includes(key))
    .map((key) => ({ pointer: `${at}/${key}`, problem: 'must not stand beside a redirect' }));

/** Returns what the schema cannot express: bad addresses, duplicates, and pools without upstreams. */
export const routeObjectFaults = (routes: readonly RouteObject[]): readonly StructureFault[] => {
  const faults = [...pathFaults(routes)];
  const owners = routes.map(({ pool, upstreams }) => (upstreams === undefined ? undefined : pool));
  for (const [index, first] of findRepeated(routes.map(({ sticky }) => sticky?.cookie))) {
    const problem = `must differ from the cookie of route ${first}: each pool has its own`;
    faults.push({ pointer: `/${index}/sticky/cookie`, problem });
  }
  for (const [index, first] of findRepeated(owners)) {
    const problem = `must differ from the pool of route ${first}, or the route must list no upstreams`;
    faults.push({ pointer: `/${index}/pool`, problem });
  }
  for (const [index, route] of routes.entries()) {
    const { upstreams, pool, redirect } = route;
    faults.push(...ruleFaults(route, `/${index}`));
    if (redirect !== undefined) {
      faults.push(...redirectFaults(route, `/${index}`));
      continue;
    }
    if (upstreams !== undefined) {
      faults.push(...upstreamFaults(upstreams, `/${index}/upstreams`));
      continue;
    }
    if (pool === undefined || !owners.includes(pool)) {
      const problem = 'is missing, and no other route gives its pool upstreams';
      faults.push({ pointer: `/${index}/upstreams`, problem });
    } else {
      faults.push(
        ...poolSettings
          .filter((key) => route[key] !== undefined)
          .map((key) => ({
            pointer: `/${index}/${key}`,
            problem: 'must be in the route that lists the upstreams of the pool',
          })),
      );
    }
  }
  return faults;
};

const matchOf = ({ host, exact, prefix = '/' }: RouteObject): RouteMatch => ({
  ...(host === undefined ? {} : { host: host.toLowerCase() }),
  prefix: exact ?? prefix,
  ...(exact === undefined ? {} : { exact: true }),
});

/** The redirects among route objects in which `routeObjectFaults` finds nothing. */
export const parseRedirects = (routes: readonly RouteObject[]): readonly RedirectConfig[] =>
  routes.flatMap((route) =>
    route.redirect === undefined ? [] : [{ ...matchOf(route), redirect: route.redirect }],
  );

/**
 * Parses route objects in which `routeObjectFaults` finds nothing, but for redirects. Routes that name the same pool
 * share it.
 */
export const parseRouteObjects = (all: readonly RouteObject[]): readonly RouteConfig[] => {
  const routes = all.filter(({ redirect }) => redirect === undefined);
  const taken = new Set(routes.flatMap(({ pool }) => (pool === undefined ? [] : [pool])));
  const pools = new Map<string, PoolConfig>();
  for (const route of routes) {
    const { pool, upstreams } = route;
    if (pool !== undefined && upstreams !== undefined) pools.set(pool, parsePool(pool, route));
  }
  return routes.map((object) => {
    const { pool: poolName, upstreams: _upstreams, exact: _exact, redirect: _redirect, ...rest } = object;
    const { policy: _policy, sticky: _sticky, slowStartMs: _slowStartMs, ...route } = rest;
    const match = matchOf(object);
    const named = poolName === undefined ? undefined : pools.get(poolName);
    const name = () => reservePoolName(`${match.host?.replace('*.', '') ?? ''}${match.prefix}`, taken);
    const pool = named ?? parsePool(name(), object);
    const stripPrefix = match.exact ? false : (route.stripPrefix ?? routeDefaults.stripPrefix);
    return { ...routeDefaults, ...route, ...match, stripPrefix, pool };
  });
};
