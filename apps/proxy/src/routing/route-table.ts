import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { pathOf } from '@tripod/shared/http/request-target';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';
import { isPrivate } from './private-paths.ts';
import { checkTarget, isAuthority, TargetError, toOriginForm } from './request-target.ts';
import { routingErrors } from './routing-errors.ts';

export type HostHeader = 'client' | 'upstream';

/** Requests whose path begins with `prefix` go to `pool`, without the prefix when `stripPrefix` says so. */
export type Route = {
  readonly prefix: string;
  readonly stripPrefix: boolean;
  readonly pool: UpstreamPool;
  /** Larger request bodies are refused (413). */
  readonly maxBodyBytes: number;
  /** Whether the upstream gets the client's Host header, or its own address as one. */
  readonly hostHeader: HostHeader;
};

/** What the router needs to know of a request. */
export type RoutedRequest = {
  readonly method: string;
  readonly target: string;
  /** The one Host header; undefined in HTTP/1.0 requests without it. */
  readonly authority: string | undefined;
};

export type Routing =
  | { readonly kind: 'forward'; readonly route: Route; readonly target: string }
  | { readonly kind: 'redirect'; readonly location: string }
  /** `OPTIONS *`: what the proxy itself takes. */
  | { readonly kind: 'options'; readonly allow: string };

/** Where requests go. Its routes change with a reload, the table itself stays. */
export type RouteTable = {
  readonly routes: readonly Route[];
  readonly pools: readonly UpstreamPool[];
  /** Goes up with each change: an answer of `route` may be kept for as long as this stays the same. */
  readonly version: number;
  /** Where a request goes. Throws an AppError when it goes nowhere. */
  route(request: RoutedRequest): Routing;
  /** From the next request on these routes hold. */
  replace(options: RouteTableOptions): void;
};

export type RouteTableOptions = {
  readonly routes: readonly Route[];
  /** Plain paths (see `plainPath`) that are answered 404 on every route: they tell of the inside. */
  readonly privatePaths: readonly string[];
};

const refusedMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE']);
const forwardedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** The longest prefix wins. The same string is routed and forwarded; only the prefix of its route is cut off. */
const findRoute = (
  target: string,
  longestFirst: readonly Route[],
  privatePaths: readonly string[],
): Routing => {
  const path = pathOf(target);
  for (const route of longestFirst) {
    if (!target.startsWith(route.prefix)) {
      // `/api` alone: the folder without its slash.
      if (route.prefix.endsWith('/') && path === route.prefix.slice(0, -1)) {
        return { kind: 'redirect', location: `${route.prefix}${target.slice(path.length)}` };
      }
      continue;
    }
    const forwarded = route.stripPrefix ? `/${target.slice(route.prefix.length)}` : target;
    // `/api//x` must not become `//x`, which upstreams read as the address of another server.
    if (forwarded.startsWith('//')) throw new TargetError('The path holds two slashes after its prefix.');
    if (isPrivate(pathOf(forwarded), privatePaths)) throw new AppError(httpErrors.NOT_FOUND);
    return { kind: 'forward', route, target: forwarded };
  }
  throw new AppError(httpErrors.NOT_FOUND);
};

const poolsOf = (routes: readonly Route[]): readonly UpstreamPool[] => [
  ...new Set(routes.map(({ pool }) => pool)),
];

const sorted = (routes: readonly Route[]): readonly Route[] =>
  [...routes].sort((a, b) => b.prefix.length - a.prefix.length);

/** A table of these routes, at version 1. */
export const createRouteTable = (options: RouteTableOptions): RouteTable => {
  let { privatePaths } = options;
  let longestFirst = sorted(options.routes);
  const table = {
    routes: options.routes,
    pools: poolsOf(options.routes),
    version: 1,
    route({ method, target, authority }: RoutedRequest): Routing {
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
        return findRoute(origin, longestFirst, privatePaths);
      } catch (error) {
        if (error instanceof TargetError)
          throw new AppError(routingErrors.PROXY_PATH_INVALID, { detail: error.message });
        throw error;
      }
    },
    replace(next: RouteTableOptions): void {
      longestFirst = sorted(next.routes);
      privatePaths = next.privatePaths;
      table.routes = next.routes;
      table.pools = poolsOf(next.routes);
      table.version += 1;
    },
  };
  return table;
};
