import type { Upstream } from '../../../balancing/upstream.ts';
import type { Route } from '../../../routing/route-table.ts';
import { rewriteCookiePath, rewriteLocation } from '../../rewrite-location.ts';
import type { ResponseHead } from '../wire/response-head.ts';

const noHeaders: readonly string[] = [];

/**
 * Returns the head with the Location and the cookies that lead through the route, and with the header rules of the
 * route applied. Heads are cached, so they are never changed in place.
 */
export const rewriteHead = (
  head: ResponseHead,
  route: Route,
  upstream: Upstream,
  added: readonly string[] = noHeaders,
): ResponseHead => {
  const { location } = head;
  let { text } = head;
  if (location !== undefined) {
    const rewritten = rewriteLocation(location, route, upstream);
    if (rewritten !== location) text = text.replace(/^location:.*$/im, () => `Location: ${rewritten}`);
  }
  // A head that sets a cookie is a secret.
  if (head.isSecret && route.rewriteCookiePath)
    text = text.replace(/^set-cookie:.*$/gim, (line) => rewriteCookiePath(line, route));
  if (route.responseHeaders) text = route.responseHeaders.applyToLines(text);
  for (let index = 0; index < added.length; index += 2) text += `${added[index]}: ${added[index + 1]}\r\n`;
  return text === head.text ? head : { ...head, text };
};
