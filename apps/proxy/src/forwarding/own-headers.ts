import { isForwardedName } from './forwarded-headers.ts';

const own: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'x-request-id',
  'expect',
]);

/**
 * Whether a request header of this name (in lower case) is written by us from what was parsed. A client's own, also
 * spelled with underscores, never passes.
 */
export const isOwnHeader = (name: string): boolean =>
  isForwardedName(name) || own.has(name.replaceAll('_', '-'));
