import { findCharacterFault, pathOf } from '@tripod/shared/http/request-target';

/** A request target that the router and an upstream could read differently. The message says what is wrong. */
export class TargetError extends Error {}

const encodedSlash = /%2f/gi;

/** The path with its encoded slashes decoded; undefined when it has none. */
export const findDecodedSlashes = (path: string): string | undefined =>
  path.includes('%2') && path.search(encodedSlash) !== -1 ? path.replace(encodedSlash, '/') : undefined;

const hasDotSegment = (path: string): boolean => /\/\.{1,2}(?:\/|;|$)/.test(path);

/**
 * Checks a target in origin form (path and query) that is routed and forwarded unchanged. Throws a TargetError instead
 * of repairing (RFC 3986 6.2.2.3 removes dot segments, and parsers differ): a target that another parser reads as
 * another path would bypass the rules of its route. Encoded slashes pass: whether they are allowed is a setting of the
 * route.
 */
export const checkTarget = (target: string): void => {
  const fault = findCharacterFault(target);
  if (fault !== undefined) throw new TargetError(fault);
  const path = pathOf(target);
  if (path.startsWith('//')) throw new TargetError('The path begins with two slashes.');
  if (path.includes('\\')) throw new TargetError('The path holds a backslash.');
  if (!path.includes('%')) {
    if (path.includes('/.') && hasDotSegment(path)) throw new TargetError('The path holds a dot segment.');
    return;
  }
  if (/%(?![0-9a-f]{2})/i.test(path)) throw new TargetError('The path holds a broken percent-encoding.');
  if (/%(?:5c|00)/i.test(path)) throw new TargetError('The path holds an encoded backslash or NUL.');
  if (hasDotSegment(path.replace(encodedSlash, '/').replace(/%2e/gi, '.')))
    throw new TargetError('The path holds a dot segment.');
};

/**
 * The origin form of a target (RFC 9112 3.2). An absolute form must be http and name the authority of the Host header:
 * otherwise the proxy and an upstream could route by different ones. (The static server has a parser of its own: it
 * serves one site, so it drops the authority, and it refuses nothing that a file name can hold.)
 */
export const toOriginForm = (target: string, authority: string): string => {
  if (target.startsWith('/')) return target;
  const absolute = /^http:\/\/([^/?#@\\]+)([/?].*)?$/i.exec(target);
  if (!absolute) throw new TargetError('The request target is neither a path nor an http address.');
  const [, named = '', rest = '/'] = absolute;
  if (named.toLowerCase() !== authority.toLowerCase()) {
    throw new TargetError('The request target names another server than the Host header.');
  }
  return rest.startsWith('/') ? rest : `/${rest}`;
};

/** Whether a Host header can stand in a URL: a name, an IPv4 or a bracketed IPv6 address, with or without a port. */
export const isAuthority = (host: string): boolean =>
  /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,251})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i.test(host);
