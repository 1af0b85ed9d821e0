import type { Upstream } from '../../../balancing/upstream.ts';
import type { Route } from '../../../routing/route-table.ts';
import { rewriteLocation } from '../../rewrite-location.ts';
import type { ResponseHead } from '../wire/response-head.ts';

/** Returns the head with the Location that leads through the route. Heads are cached, so they are never changed in place. */
export const rewriteHead = (head: ResponseHead, route: Route, upstream: Upstream): ResponseHead => {
  const { location } = head;
  if (location === undefined) return head;
  const rewritten = rewriteLocation(location, route, upstream);
  if (rewritten === location) return head;
  return { ...head, text: head.text.replace(/^location:.*$/im, () => `Location: ${rewritten}`) };
};
