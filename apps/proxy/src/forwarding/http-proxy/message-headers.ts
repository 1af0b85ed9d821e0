import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Route } from '../../routing/route-table.ts';
import type { Networks } from '../../routing/rules/networks.ts';
import {
  addClaim,
  type ForwardedClaims,
  forwardedHeaders,
  isForwardedName,
  noClaims,
} from '../forwarded-headers.ts';
import { connectionTokens, endsHere } from '../hop-by-hop.ts';
import { isOwnHeader } from '../own-headers.ts';
import { isUpgrade } from './accept-upgrades.ts';

export type OutgoingHeadersOptions = {
  readonly route: Route;
  readonly upstreamId: string;
  readonly requestId: string;
  readonly connectionAddress: string;
  readonly claims: ForwardedClaims;
  readonly via: string;
  readonly trustedProxies: Networks;
  readonly scheme: 'http' | 'https';
};

const none: ReadonlySet<string> = new Set();

const tokensOf = (connection: string | undefined): ReadonlySet<string> =>
  connection === undefined ? none : connectionTokens([connection]);

/** Adds a header. `Object.hasOwn`, because a header may be called `constructor`. */
const add = (headers: Record<string, string | string[]>, name: string, value: string): void => {
  const earlier = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (earlier === undefined) headers[name] = value;
  else if (Array.isArray(earlier)) earlier.push(value);
  else headers[name] = name === 'cookie' ? `${earlier}; ${value}` : [earlier, value];
};

/** The forwarded headers that the client itself sent. */
export const readClaimsOf = ({ rawHeaders: raw }: IncomingMessage): ForwardedClaims => {
  let claims = noClaims;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    if (isForwardedName(name)) claims = addClaim(claims, name, raw[index + 1] ?? '');
  }
  return claims;
};

/** The headers of the request to an upstream, names in lower case. */
export const outgoingHeaders = (
  request: IncomingMessage,
  options: OutgoingHeadersOptions,
): OutgoingHttpHeaders => {
  const { rawHeaders: raw, headers: parsed } = request;
  const named = tokensOf(parsed.connection);
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? '';
    // The package copies headers by assignment, which would make this one the prototype of the copy.
    if (!isOwnHeader(name) && !endsHere(name, named) && name !== '__proto__')
      kept.push(name, raw[index + 1] ?? '');
  }
  const pairs = options.route.requestHeaders?.applyToPairs(kept) ?? kept;
  const headers: Record<string, string | string[]> = {};
  for (let index = 0; index < pairs.length; index += 2)
    add(headers, pairs[index]?.toLowerCase() ?? '', pairs[index + 1] ?? '');
  const { connectionAddress, claims, via, trustedProxies, requestId, scheme } = options;
  const authority = parsed.host;
  headers['host'] = (options.route.hostHeader === 'client' ? authority : undefined) ?? options.upstreamId;
  Object.assign(headers, forwardedHeaders({ connectionAddress, authority, scheme, claims }, trustedProxies));
  headers['x-request-id'] = requestId;
  add(headers, 'via', via);
  if (isUpgrade(request)) {
    headers['connection'] = 'Upgrade';
    headers['upgrade'] = parsed.upgrade ?? '';
  }
  if (parsed['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  else if (parsed['content-length'] !== undefined) headers['content-length'] = parsed['content-length'];
  return headers;
};

/** The part of a response head that is forwarded. */
export type AnswerHead = {
  /** Name, value, name, value: without hop-by-hop headers. */
  readonly headers: string[];
  /** The Content-Length; NaN without one. */
  readonly length: number;
  readonly hasRequestId: boolean;
};

const printable = /^[\t\x20-\x7e\x80-\xff]*$/;

const removeNamed = (headers: readonly string[], named: ReadonlySet<string>): string[] => {
  const left: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!named.has(name.toLowerCase())) left.push(name, headers[index + 1] ?? '');
  }
  return left;
};

/**
 * Reads a response head that node:http has parsed. Undefined when it cannot be forwarded: it must be HTTP/1, have a status of
 * 200 or more, a reason without control characters, and no transfer coding except one `chunked`, which HTTP/1.0 does not
 * have (RFC 9112 6.1).
 */
export const readAnswerHead = (response: IncomingMessage): AnswerHead | undefined => {
  const { statusCode = 0, statusMessage = '', rawHeaders: raw } = response;
  if (statusCode < 200 || response.httpVersionMajor !== 1 || !printable.test(statusMessage)) return undefined;
  const headers: string[] = [];
  let connection: string | undefined;
  let codings = 0;
  let length = Number.NaN;
  let hasRequestId = false;
  for (let index = 0; index < raw.length; index += 2) {
    const original = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const name = original.toLowerCase();
    if (name === 'connection') connection = connection === undefined ? value : `${connection},${value}`;
    else if (name === 'transfer-encoding') {
      codings += 1;
      if (value.toLowerCase() !== 'chunked') return undefined;
    } else if (name === 'content-length') length = Number(value);
    else if (name === 'x-request-id') hasRequestId = true;
    // RFC 9110 8.6: a 204 has no Content-Length.
    if (endsHere(name, none) || (statusCode === 204 && name === 'content-length')) continue;
    headers.push(original, value);
  }
  if (codings > 1 || (codings > 0 && response.httpVersionMinor === 0)) return undefined;
  const named = tokensOf(connection);
  return { headers: named.size === 0 ? headers : removeNamed(headers, named), length, hasRequestId };
};

/** The text of an interim response or a 101, without hop-by-hop headers and with the headers in `more`. */
export const interimHead = (
  response: IncomingMessage,
  more: Readonly<Record<string, string | undefined>> = {},
): string => {
  const { statusCode, statusMessage = '', rawHeaders: raw, headers } = response;
  const named = tokensOf(headers.connection);
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!endsHere(name.toLowerCase(), named)) head += `${name}: ${raw[index + 1]}\r\n`;
  }
  for (const name in more) head += `${name}: ${more[name]}\r\n`;
  return `${head}\r\n`;
};
