import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { pathOf } from '@tripod/shared/http/request-target';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';
import { createHostIndex } from './host-index.ts';
import { isPrivate } from './private-paths.ts';
import { checkTarget, findDecodedSlashes, isAuthority, TargetError, toOriginForm } from './request-target.ts';
import type { RedirectConfig, RouteMatch, RouteTimeouts } from './route-config.ts';
import { routingErrors } from './routing-errors.ts';
import type { HeaderRules } from './rules/header-rules.ts';
import { findRedirectLocation } from './rules/redirect.ts';
import type { RequestGuard } from './rules/request-guard.ts';

export type HostHeader = 'client' | 'upstream';

/** Requests for `host` whose path begins with `prefix`, or with `exact` is `prefix`, go to `pool`. */
export type Route = RouteMatch & {
  /** Whether the prefix is removed from the path before it is forwarded. */
  readonly stripPrefix: boolean;
  /** Whether a path may hold `%2f` where its route does not depend on it; otherwise it is refused (400). */
  readonly allowEncodedSlash: boolean;
  /** Whether a Location that leads to the upstream is rewritten to lead through the route. */
  readonly rewriteLocation: boolean;
  /** Whether the Path of a cookie is rewritten to lead through the route. */
  readonly rewriteCookiePath: boolean;
  readonly pool: UpstreamPool;
  /** Larger request bodies are refused (413). */
  readonly maxBodyBytes: number;
  /** Whether the Host header sent upstream is the client's or the upstream's own address. */
  readonly hostHeader: HostHeader;
  readonly timeouts: RouteTimeouts;
  /** Undefined for a route that every client may use. */
  readonly guard?: RequestGuard | undefined;
  readonly requestHeaders?: HeaderRules | undefined;
  readonly responseHeaders?: HeaderRules | undefined;
  /** Statuses of responses that count as failures of the upstream. */
  readonly failStatuses?: ReadonlySet<number> | undefined;
};

type AnyRoute = Route | RedirectConfig;

/** What the router reads from a request. */
export type RoutedRequest = {
  readonly method: string;
  readonly target: string;
  /** The Host header; undefined in HTTP/1.0 requests without one. */
  readonly authority: string | undefined;
  /** All Via lines, joined; undefined without one. */
  readonly via: string | undefined;
};

export type Routing =
  | { readonly kind: 'forward'; readonly route: Route; readonly target: string }
  | { readonly kind: 'redirect'; readonly location: string; readonly status: number }
  /** `OPTIONS *`: the methods that the proxy forwards. */
  | { readonly kind: 'options'; readonly allow: string };

/** The routes in force. A reload replaces the routes; the table stays the same object. */
export type RouteTable = {
  readonly routes: readonly Route[];
  readonly pools: readonly UpstreamPool[];
  /** Incremented by each change. The result of `route` may be cached while it stays the same. */
  readonly version: number;
  /** Routes a request. Throws an AppError when it is refused or matches no route. */
  route(request: RoutedRequest): Routing;
  /** Replaces the routes, from the next request on. */
  replace(options: RouteTableOptions): void;
};

export type RouteTableOptions = {
  readonly routes: readonly Route[];
  readonly redirects?: readonly RedirectConfig[];
  /** Normalized paths (see `normalizePath`) that are answered 404 on every route: they expose internals. */
  readonly privatePaths: readonly string[];
};

const refusedMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);
const forwardedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

const matches = ({ prefix, exact }: RouteMatch, path: string): boolean =>
  exact ? path === prefix : path.startsWith(prefix);

/**
 * An encoded slash must not lead to another route than the plain one: that would bypass the rules of the other route.
 */
const checkEncodedSlash = (path: string, route: AnyRoute, mostSpecificFirst: readonly AnyRoute[]): void => {
  const decoded = findDecodedSlashes(path);
  if (decoded === undefined) return;
  if ('pool' in route && !route.allowEncodedSlash) throw new TargetError('The path holds an encoded slash.');
  const isSameRoute = mostSpecificFirst.find((one) => matches(one, decoded)) === route;
  if (!isSameRoute || decoded.slice(route.prefix.length - 1).startsWith('//'))
    throw new TargetError('The path holds an encoded slash that changes its route.');
};

const redirectOf = (route: RedirectConfig, authority: string, target: string): Routing => {
  const location = findRedirectLocation(route.redirect, { authority, target, prefix: route.prefix });
  if (location === undefined) throw new TargetError('The path holds two slashes after its prefix.');
  return { kind: 'redirect', location, status: route.redirect.status ?? 302 };
};

/**
 * An exact path wins over a prefix, and the longest prefix over the others. The string that is routed is the string
 * that is forwarded, but for the prefix.
 */
const findRoute = (
  { target, authority }: { readonly target: string; readonly authority: string },
  mostSpecificFirst: readonly AnyRoute[],
  privatePaths: readonly string[],
): Routing => {
  const path = pathOf(target);
  for (const route of mostSpecificFirst) {
    if (!matches(route, path)) {
      // `/api` redirects to `/api/`.
      if (!route.exact && route.prefix.endsWith('/') && path === route.prefix.slice(0, -1)) {
        return { kind: 'redirect', location: `${route.prefix}${target.slice(path.length)}`, status: 308 };
      }
      continue;
    }
    checkEncodedSlash(path, route, mostSpecificFirst);
    if (!('pool' in route)) return redirectOf(route, authority, target);
    const forwarded = route.stripPrefix ? `/${target.slice(route.prefix.length)}` : target;
    // `/api//x` must not become `//x`, which upstreams read as the address of another server.
    if (forwarded.startsWith('//')) throw new TargetError('The path holds two slashes after its prefix.');
    if (isPrivate(pathOf(forwarded), privatePaths)) throw new AppError(httpErrors.NOT_FOUND);
    return { kind: 'forward', route, target: forwarded };
  }
  if (findDecodedSlashes(path) !== undefined) throw new TargetError('The path holds an encoded slash.');
  throw new AppError(httpErrors.NOT_FOUND);
};

const poolsOf = (routes: readonly Route[]): readonly UpstreamPool[] => [
  ...new Set(routes.map(({ pool }) => pool)),
];

/** A request may pass a proxy twice, by two of its routes. The third time it is in a loop (RFC 9110 7.6.3). */
const maxPasses = 2;

/** Creates a table of these routes, at version 1. `viaName` is the pseudonym of the proxy in Via. */
export const createRouteTable = (options: RouteTableOptions, viaName: string): RouteTable => {
  let { privatePaths } = options;
  const indexOf = ({ routes, redirects = [] }: RouteTableOptions) =>
    createHostIndex<AnyRoute>([...routes, ...redirects]);
  let hosts = indexOf(options);
  const table = {
    routes: options.routes,
    pools: poolsOf(options.routes),
    version: 1,
    route({ method, target, authority, via }: RoutedRequest): Routing {
      if (via?.includes(viaName) && via.split(viaName).length > maxPasses)
        throw new AppError(routingErrors.PROXY_LOOP);
      if (refusedMethods.has(method)) {
        throw new AppError(routingErrors.PROXY_METHOD_REFUSED, { headers: { Allow: forwardedMethods } });
      }
      if (authority !== undefined && !isAuthority(authority)) {
        throw new AppError(httpErrors.REQUEST_INVALID, {
          detail: 'The Host header is not a valid authority.',
        });
      }
      if (target === '*' && method === 'OPTIONS') return { kind: 'options', allow: forwardedMethods };
      try {
        const origin = toOriginForm(target, authority ?? '');
        checkTarget(origin);
        const mostSpecificFirst = hosts(authority);
        if (mostSpecificFirst.length === 0) throw new AppError(routingErrors.PROXY_HOST_UNKNOWN);
        return findRoute({ target: origin, authority: authority ?? '' }, mostSpecificFirst, privatePaths);
      } catch (error) {
        if (error instanceof TargetError)
          throw new AppError(routingErrors.PROXY_PATH_INVALID, { detail: error.message });
        throw error;
      }
    },
    replace(next: RouteTableOptions): void {
      hosts = indexOf(next);
      privatePaths = next.privatePaths;
      table.routes = next.routes;
      table.pools = poolsOf(next.routes);
      table.version += 1;
    },
  };
  return table;
};
