import type { StructureFault } from '@tripod/shared/config/settings';
import type { PolicyName } from '../balancing/policy-table.ts';
import { upstreamId } from '../balancing/upstream.ts';
import {
  type PoolConfig,
  parseUpstreamUrl,
  type RouteConfig,
  takePoolName,
  type UpstreamConfig,
} from './route-config.ts';
import type { HostHeader } from './route-table.ts';

type UpstreamObject = { readonly url: string; readonly weight?: number; readonly maxInFlight?: number };

/** A route as a config file holds it. */
export type RouteObject = {
  readonly prefix: string;
  readonly stripPrefix?: boolean;
  readonly pool?: string;
  /** Missing where another route of the same pool has them. */
  readonly upstreams?: readonly (string | UpstreamObject)[];
  readonly policy?: PolicyName;
  readonly maxBodyBytes?: number;
  readonly hostHeader?: HostHeader;
};

const objectOf = (upstream: string | UpstreamObject): UpstreamObject =>
  typeof upstream === 'string' ? { url: upstream } : upstream;

const parseUpstream = (upstream: string | UpstreamObject): UpstreamConfig => {
  const { url, weight = 1, maxInFlight = Number.POSITIVE_INFINITY } = objectOf(upstream);
  return { url: parseUpstreamUrl(url), weight, maxInFlight };
};

/** Where the first of several equal ones stands, for each that comes later. */
const repeated = (values: readonly (string | undefined)[]): readonly (readonly [number, number])[] =>
  values.flatMap((value, index) => {
    const first = value === undefined ? index : values.indexOf(value);
    return first < index ? [[index, first] as const] : [];
  });

const upstreamFaults = (
  upstreams: readonly (string | UpstreamObject)[],
  at: string,
): readonly StructureFault[] => {
  const faults: StructureFault[] = [];
  const pointerOf = (index: number): string =>
    typeof upstreams[index] === 'string' ? `${at}/${index}` : `${at}/${index}/url`;
  const ids = upstreams.map((upstream, index) => {
    try {
      return upstreamId(parseUpstreamUrl(objectOf(upstream).url));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      faults.push({ pointer: pointerOf(index), problem });
      return undefined;
    }
  });
  for (const [index, first] of repeated(ids)) {
    faults.push({
      pointer: pointerOf(index),
      problem: `must not name ${ids[index]} again, as ${first} does`,
    });
  }
  return faults;
};

/** What the schema can't say: bad addresses, what stands twice, pools without upstreams. */
export const routeObjectFaults = (routes: readonly RouteObject[]): readonly StructureFault[] => {
  const faults: StructureFault[] = [];
  for (const [index, first] of repeated(routes.map(({ prefix }) => prefix))) {
    const problem = `must be another one than that of route ${first}, and is ${JSON.stringify(routes[index]?.prefix)}`;
    faults.push({ pointer: `/${index}/prefix`, problem });
  }
  const owners = routes.map(({ pool, upstreams }) => (upstreams === undefined ? undefined : pool));
  for (const [index, first] of repeated(owners)) {
    const problem = `must be another one than that of route ${first}, or have no upstreams of its own`;
    faults.push({ pointer: `/${index}/pool`, problem });
  }
  for (const [index, { upstreams, pool, policy }] of routes.entries()) {
    if (upstreams !== undefined) {
      faults.push(...upstreamFaults(upstreams, `/${index}/upstreams`));
      continue;
    }
    if (pool === undefined || !owners.includes(pool)) {
      const problem = 'is missing, and no other route gives its pool upstreams';
      faults.push({ pointer: `/${index}/upstreams`, problem });
    } else if (policy !== undefined) {
      faults.push({ pointer: `/${index}/policy`, problem: 'must stand where the upstreams of its pool do' });
    }
  }
  return faults;
};

/** Gives route objects without faults their meaning. Routes that name the same pool share it. */
export const parseRouteObjects = (routes: readonly RouteObject[]): readonly RouteConfig[] => {
  const taken = new Set(routes.flatMap(({ pool }) => (pool === undefined ? [] : [pool])));
  const pools = new Map<string, PoolConfig>();
  for (const { pool, upstreams, policy } of routes) {
    if (pool === undefined || upstreams === undefined) continue;
    const chosen = policy === undefined ? {} : { policy };
    pools.set(pool, { name: pool, upstreams: upstreams.map(parseUpstream), ...chosen });
  }
  return routes.map((route) => {
    const { prefix, stripPrefix = true, hostHeader = 'client', maxBodyBytes, policy } = route;
    const named = route.pool === undefined ? undefined : pools.get(route.pool);
    const pool = named ?? {
      name: takePoolName(prefix, taken),
      upstreams: (route.upstreams ?? []).map(parseUpstream),
      ...(policy === undefined ? {} : { policy }),
    };
    const limit = maxBodyBytes === undefined ? {} : { maxBodyBytes };
    return { prefix, stripPrefix, hostHeader, pool, ...limit };
  });
};
