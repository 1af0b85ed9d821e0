import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Route } from '../../routing/route-table.ts';
import { forwardedHeaders, type TrustedProxies } from '../forwarded-headers.ts';
import { connectionTokens, endsHere } from '../hop-by-hop.ts';
import { isOwnHeader } from '../own-headers.ts';
import { isUpgrade } from './accept-upgrades.ts';

/** The header lines of a message as node:http keeps them: name, value, name, value. */
const pairs = function* (raw: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? ''];
};

const valuesOf = (raw: readonly string[], wanted: string): string[] => {
  const values: string[] = [];
  for (const [name, value] of pairs(raw)) if (name.toLowerCase() === wanted) values.push(value);
  return values;
};

export type OutgoingHeadersOptions = {
  readonly route: Route;
  readonly upstreamId: string;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly trustedProxies: TrustedProxies;
};

/** The headers of the request to an upstream, names in lower case, from the client's parsed ones. */
export const outgoingHeaders = (
  request: IncomingMessage,
  options: OutgoingHeadersOptions,
): OutgoingHttpHeaders => {
  const raw = request.rawHeaders;
  const named = connectionTokens(valuesOf(raw, 'connection'));
  // Without a prototype: a header may be called `constructor`.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (const [original, value] of pairs(raw)) {
    const name = original.toLowerCase();
    if (isOwnHeader(name) || endsHere(name, named)) continue;
    const earlier = headers[name];
    if (earlier === undefined) headers[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else headers[name] = name === 'cookie' ? `${earlier}; ${value}` : [earlier, value];
  }
  const authority = valuesOf(raw, 'host')[0];
  headers['host'] = (options.route.hostHeader === 'client' ? authority : undefined) ?? options.upstreamId;
  const claimed = {
    for: valuesOf(raw, 'x-forwarded-for').join(', ') || undefined,
    proto: valuesOf(raw, 'x-forwarded-proto')[0],
    host: valuesOf(raw, 'x-forwarded-host')[0],
  };
  const { clientAddress, trustedProxies, requestId } = options;
  Object.assign(headers, forwardedHeaders({ clientAddress, authority, claimed }, trustedProxies));
  headers['x-request-id'] = requestId;
  headers['via'] = '1.1 tripod';
  if (isUpgrade(request)) {
    headers['connection'] = 'Upgrade';
    headers['upgrade'] = request.headers.upgrade ?? '';
  }
  const length = valuesOf(raw, 'content-length')[0];
  if (valuesOf(raw, 'transfer-encoding').length > 0) headers['transfer-encoding'] = 'chunked';
  else if (length !== undefined) headers['content-length'] = length;
  return headers;
};

const printable = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Whether a response head, which node:http's parser has let pass, can be passed on: HTTP/1, a status of three digits from
 * 200 on, a reason without control characters, and no transfer coding but the one that the parser has removed (once,
 * and not in HTTP/1.0, which has none: RFC 9112 6.1).
 */
export const isForwardable = (response: IncomingMessage): boolean => {
  const { statusCode = 0, statusMessage = '', rawHeaders, httpVersionMajor, httpVersionMinor } = response;
  if (statusCode < 200 || httpVersionMajor !== 1 || !printable.test(statusMessage)) return false;
  if (response.headers['transfer-encoding'] === undefined) return true;
  const codings = valuesOf(rawHeaders, 'transfer-encoding');
  return httpVersionMinor === 1 && codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
};

/** The text of an interim response or of a 101, without the headers that end here and with these. */
export const interimHead = (
  response: IncomingMessage,
  more: Readonly<Record<string, string | undefined>> = {},
): string => {
  const { statusCode, statusMessage = '', rawHeaders } = response;
  const named = connectionTokens(valuesOf(rawHeaders, 'connection'));
  let head = `HTTP/1.1 ${statusCode} ${statusMessage}\r\n`;
  for (const [name, value] of pairs(rawHeaders)) {
    if (!endsHere(name.toLowerCase(), named)) head += `${name}: ${value}\r\n`;
  }
  for (const name in more) head += `${name}: ${more[name]}\r\n`;
  return `${head}\r\n`;
};

/** The headers of the answer to the client: the upstream's without those that end here. */
export const answerHeaders = (response: IncomingMessage, requestId: string): string[] => {
  const raw = response.rawHeaders;
  const named = connectionTokens(valuesOf(raw, 'connection'));
  const headers: string[] = [];
  let hasRequestId = false;
  for (const [original, value] of pairs(raw)) {
    const name = original.toLowerCase();
    if (endsHere(name, named)) continue;
    // RFC 9110 8.6: a 204 has no Content-Length.
    if (name === 'content-length' && response.statusCode === 204) continue;
    if (name === 'x-request-id') hasRequestId = true;
    headers.push(original, value);
  }
  if (!hasRequestId) headers.push('X-Request-Id', requestId);
  return headers;
};
