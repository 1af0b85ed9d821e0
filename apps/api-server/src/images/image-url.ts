/** Whitespace, which the URL parser drops silently, and the backslash, which it reads as a slash. */
const ambiguous = /[\s\\]/;
/** Two slashes and a host: parsers disagree about `https:example.com` and `https:///example.com`. */
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
 * Whether this is an http(s) address without a user name in it, or a path on this site that begins with exactly one
 * slash. False for `javascript:` and `data:` in any spelling.
 */
export const isImageUrl = (url: string): boolean =>
  !ambiguous.test(url) && (url.startsWith('/') ? isSitePath(url) : isWebAddress(url));
