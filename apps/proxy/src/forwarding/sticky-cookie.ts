import type { Upstream } from '../balancing/upstream.ts';
import type { Networks } from '../routing/rules/networks.ts';
import type { Exchange } from './exchange.ts';
import { type ForwardedFacts, forwardedHeaders } from './forwarded-headers.ts';

/**
 * The value of a Set-Cookie header that keeps the client at this upstream; undefined when its pool is not sticky, or
 * the client has the cookie already.
 */
export const findStickyCookie = (
  { request, route }: Exchange,
  upstream: Upstream,
  facts: ForwardedFacts,
  trusted: Networks,
): string | undefined => {
  const sticky = route?.pool.sticky;
  if (!route || !sticky) return undefined;
  const value = sticky.findNewValue(request, upstream, route.pool.upstreams);
  if (value === undefined) return undefined;
  const isHttps = forwardedHeaders(facts, trusted)['X-Forwarded-Proto'] === 'https';
  return `${sticky.cookie}=${value}; Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`;
};
