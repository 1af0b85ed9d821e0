/** Any whitespace, which the URL parser would drop in silence, and the backslash, which it takes for a slash. */
const ambiguous = /[\s\\]/;
/** Two slashes and a host: `https:example.com` and `https:///example.com` are read in too many ways. */
const absolute = /^https?:\/\/([^/?#]+)/i;

const isSitePath = (url: string): boolean => {
  const site = 'http://site.invalid';
  return !url.startsWith('//') && URL.parse(url, site)?.origin === site;
};

const isWebAddress = (url: string): boolean => {
  const authority = absolute.exec(url)?.[1];
  if (authority === undefined || authority.includes('@')) return false;
  const parsed = URL.parse(url);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.hostname !== '';
};

/**
 * Whether a browser that shows this as a picture asks either an http(s) server, without a user name in the address,
 * or this site, by a path that begins with exactly one slash. `javascript:` and `data:` in every disguise are
 * neither.
 */
export const isImageUrl = (url: string): boolean =>
  !ambiguous.test(url) && (url.startsWith('/') ? isSitePath(url) : isWebAddress(url));
