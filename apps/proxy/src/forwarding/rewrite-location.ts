import type { Upstream } from '../balancing/upstream.ts';
import type { Route } from '../routing/route-table.ts';

type Addressed = Pick<Upstream, 'id' | 'port'>;

/** The path of an address at this upstream, `http://127.0.0.1:8081/x` → `/x`; undefined for other addresses. */
const findOwnPath = (location: string, { id, port }: Addressed): string | undefined => {
  const lowerCase = location.toLowerCase();
  const authorities = port === 80 ? [id, id.replace(/:80$/, '')] : [id];
  for (const authority of authorities) {
    for (const start of [`http://${authority}`, `//${authority}`]) {
      if (!lowerCase.startsWith(start)) continue;
      const rest = location.slice(start.length);
      if (rest === '') return '/';
      if (/^[/?#]/.test(rest)) return rest.startsWith('/') ? rest : `/${rest}`;
    }
  }
  return undefined;
};

/** The path within the prefix that the route removes. A path that has the prefix already stays as it is. */
const underPrefix = (path: string, { prefix, stripPrefix }: Route): string =>
  !stripPrefix || path.startsWith(prefix) ? path : `${prefix}${path.slice(1)}`;

/**
 * The Location to send to the client. A path, and an address of the upstream itself, lead to the upstream; they are
 * rewritten to lead through the route, under the prefix that it removes. A path that has the prefix already, and every
 * other address, stays as it is.
 */
export const rewriteLocation = (location: string, route: Route, upstream: Addressed): string => {
  if (!route.rewriteLocation) return location;
  const path = findOwnPath(location, upstream) ?? location;
  // `//host` after the rewriting would lead to another server.
  if (!path.startsWith('/') || path.startsWith('//')) return location;
  return underPrefix(path, route);
};

/**
 * The Set-Cookie to send to the client: on a route with `rewriteCookiePath`, its Path (RFC 6265 5.2.4) leads through
 * the route, so that the cookie comes back to this upstream and to no other one.
 */
export const rewriteCookiePath = (cookie: string, route: Route): string =>
  route.rewriteCookiePath
    ? cookie.replace(
        /(;[ \t]*path[ \t]*=[ \t]*)(\/[^;]*)/gi,
        (_all, name: string, path: string) => `${name}${underPrefix(path, route)}`,
      )
    : cookie;
