import type { PolicySetting } from '../balancing/policies/policy-table.ts';
import type { StickySetting } from '../balancing/sticky-sessions.ts';
import { maxPoolUpstreams } from '../balancing/upstream-pool.ts';
import type { HostHeader } from './route-table.ts';
import type { HeaderChanges } from './rules/header-rules.ts';
import type { Redirect } from './rules/redirect.ts';
import type { AccessRules } from './rules/request-guard.ts';

/** An upstream as it is configured. */
export type UpstreamConfig = {
  readonly url: URL;
  readonly weight: number;
  /** `Infinity`: no limit. */
  readonly maxInFlight: number;
  /** Default 0. */
  readonly slowStartMs?: number;
};

/** A pool as it is configured. */
export type PoolConfig = {
  readonly name: string;
  readonly upstreams: readonly UpstreamConfig[];
  /** Undefined: the policy of the proxy. */
  readonly policy?: PolicySetting;
  readonly sticky?: StickySetting;
  /** Of upstreams that are added later. Default 0. */
  readonly slowStartMs?: number;
};

/** The requests that a route matches: by host, and by prefix or exact path. */
export type RouteMatch = {
  /** `example.org`, or `*.example.org` for every name below it, in lower case. Undefined: every host. */
  readonly host?: string;
  readonly prefix: string;
  /** Whether only the path `prefix` itself matches. Default false. */
  readonly exact?: true;
};

/** A route that redirects instead of forwarding. */
export type RedirectConfig = RouteMatch & { readonly redirect: Redirect };

/** Time limits of a route; each is that of the proxy by default. */
export type RouteTimeouts = {
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly clientBodyTimeoutMs: number;
};

export const routeTimeoutNames = [
  'connectTimeoutMs',
  'responseTimeoutMs',
  'idleTimeoutMs',
  'clientBodyTimeoutMs',
] as const satisfies readonly (keyof RouteTimeouts)[];

/** What a route does besides forwarding. */
export type RouteRules = AccessRules &
  Partial<RouteTimeouts> & {
    readonly headers?: { readonly request?: HeaderChanges; readonly response?: HeaderChanges };
    /** Undefined: the limit of the proxy. */
    readonly maxBodyBytes?: number;
    /** Statuses that count as failures of an upstream. Default none. */
    readonly failStatuses?: readonly number[];
  };

/** A route as it is configured: what it matches, and its pool. */
export type RouteConfig = RouteMatch &
  RouteRules & {
    readonly stripPrefix: boolean;
    readonly allowEncodedSlash: boolean;
    readonly rewriteLocation: boolean;
    readonly rewriteCookiePath: boolean;
    readonly pool: PoolConfig;
    readonly hostHeader: HostHeader;
  };

/** The settings of a route that names none. */
export const routeDefaults = {
  stripPrefix: true,
  allowEncodedSlash: true,
  rewriteLocation: true,
  rewriteCookiePath: false,
  hostHeader: 'client',
} as const satisfies Partial<RouteConfig>;

/** A prefix ends in a slash and holds no character that has two spellings. */
export const prefixPattern = '^/(?:[\\w.~-]+/)*$';

/** A name, an IPv4 address, or every name below a name. */
export const hostPattern =
  '^(?:\\*\\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$';

/** A path without dot segments and without characters that have two spellings. */
export const exactPattern = '^/(?:(?:(?!\\.{1,2}(?:/|$))[\\w.~-]+/)*(?!\\.{1,2}$)[\\w.~-]+/?)?$';

/**
 * Parses the address of an upstream. Throws an Error whose message begins with "must" unless it is http://host[:port].
 */
export const parseUpstreamUrl = (text: string): URL => {
  if (/^https:/i.test(text))
    throw new Error(`must not name ${text}: upstreams over https are not supported yet`);
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`must name upstreams as http://address:port, and names ${JSON.stringify(text)}`);
  }
  const isAddressOnly =
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  if (url.protocol !== 'http:' || url.hostname === '' || !isAddressOnly) {
    throw new Error(
      `must name upstreams as http://address:port, without a path, and names ${JSON.stringify(text)}`,
    );
  }
  if (url.port === '0')
    throw new Error(`must name a port from 1 to 65535, and names ${JSON.stringify(text)}`);
  return url;
};

/** `/api/` → `api`, `/a/b/` → `a-b`, and `/`, where the pages come from, → `static`. */
const poolNameOf = (prefix: string): string => prefix.split('/').filter(Boolean).join('-') || 'static';

/** Derives the name of a prefix's pool and adds it to `taken`. A second pool of that name gets `a-b-2`. */
export const reservePoolName = (prefix: string, taken: Set<string>): string => {
  const base = poolNameOf(prefix);
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  taken.add(name);
  return name;
};

/**
 * Parses `PREFIX=URL[,URL…]`. Throws an Error whose message completes a sentence that begins with the name of the flag:
 * "must be …, and is …".
 */
export const parseRoute = (text: string): { readonly prefix: string; readonly upstreams: readonly URL[] } => {
  const equals = text.indexOf('=');
  const prefix = text.slice(0, equals === -1 ? 0 : equals);
  if (equals === -1 || !new RegExp(prefixPattern).test(prefix)) {
    throw new Error(
      `must be PREFIX=URL[,URL…] with a prefix that ends in a slash, such as /api/, and is ${JSON.stringify(text)}`,
    );
  }
  const texts = text.slice(equals + 1).split(',');
  if (texts.length > maxPoolUpstreams)
    throw new Error(
      `must name at most ${maxPoolUpstreams} upstreams for ${prefix}, and names ${texts.length}`,
    );
  const upstreams = texts.map((one) => parseUpstreamUrl(one.trim()));
  const seen = new Set<string>();
  for (const { host } of upstreams) {
    if (seen.has(host)) throw new Error(`must not name the upstream ${host} twice for ${prefix}`);
    seen.add(host);
  }
  return { prefix, upstreams };
};

/** Parses the routes of flags. Expects texts in which `routeProblems` finds nothing; throws otherwise. */
export const parseRoutes = (texts: readonly string[]): readonly RouteConfig[] => {
  const taken = new Set<string>();
  return texts.map((text) => {
    const { prefix, upstreams: urls } = parseRoute(text);
    const upstreams = urls.map((url) => ({ url, weight: 1, maxInFlight: Number.POSITIVE_INFINITY }));
    return { ...routeDefaults, prefix, pool: { name: reservePoolName(prefix, taken), upstreams } };
  });
};

/** Returns what is wrong with each of these routes, and prefixes that occur twice. */
export const routeProblems = (texts: readonly string[]): readonly string[] => {
  const problems: string[] = [];
  const prefixes = new Set<string>();
  for (const text of texts) {
    try {
      const { prefix } = parseRoute(text);
      if (prefixes.has(prefix)) problems.push(`must not name the prefix ${prefix} twice`);
      prefixes.add(prefix);
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return problems;
};

/** `127.0.0.1:3000` → `http://127.0.0.1:3000`. */
export const toUpstreamAddress = (text: string): string => (text.includes('://') ? text : `http://${text}`);

/** Returns what is wrong with the upstreams of a proxy that has one route. */
export const upstreamAddressProblems = (texts: readonly string[]): readonly string[] =>
  texts.length === 0
    ? ['must name at least one upstream']
    : routeProblems([`/=${texts.map(toUpstreamAddress).join(',')}`]);
