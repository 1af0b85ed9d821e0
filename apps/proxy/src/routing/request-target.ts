import { findCharacterFault, pathOf } from '@tripod/shared/http/request-target';

/** A request target that router and upstream might read differently; the message says what is wrong. */
export class TargetError extends Error {}

/**
 * Checks a path (with query, in origin form) that will be both routed and forwarded as it is. Refuses instead of
 * repairing (RFC 3986 6.2.2.3 removes dot segments, and parsers differ): anything that another parser could read as another
 * path would let a request past the rules of its route.
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
  if (/%(?:2f|5c|00)/i.test(path))
    throw new TargetError('The path holds an encoded slash, backslash or NUL.');
  if (hasDotSegment(path.replace(/%2e/gi, '.'))) throw new TargetError('The path holds a dot segment.');
};

const hasDotSegment = (path: string): boolean => /\/\.{1,2}(?:\/|;|$)/.test(path);

/**
 * The origin form of a target (RFC 9112 3.2). An absolute one must be http and name the same authority as the Host
 * header, or the two could be routed by different parts of it.
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

/** A Host header that can stand in a URL: a name, an IPv4 or a bracketed IPv6 address, perhaps a port. */
export const isAuthority = (host: string): boolean =>
  /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,251})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i.test(host);
