import { isForwardedName } from './forwarded-headers.ts';

const own: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'x-request-id',
  'expect',
]);

/**
 * Whether the proxy writes this request header (name in lower case) itself, from the parsed request. A client's own
 * header of that name is dropped, also when it is spelled with underscores.
 */
export const isOwnHeader = (name: string): boolean =>
  isForwardedName(name) || own.has(name.replaceAll('_', '-'));
