import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Route } from '../../routing/route-table.ts';
import { forwardedHeaders, type TrustedProxies } from '../forwarded-headers.ts';
import { connectionTokens, endsHere } from '../hop-by-hop.ts';
import { isOwnHeader } from '../own-headers.ts';

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
  const length = valuesOf(raw, 'content-length')[0];
  if (valuesOf(raw, 'transfer-encoding').length > 0) headers['transfer-encoding'] = 'chunked';
  else if (length !== undefined) headers['content-length'] = length;
  return headers;
};

/**
 * Whether a response head, which node:http's parser has let pass, can be passed on: a status of three digits from 200
 * on, a reason without control characters, and no transfer coding but the one that the parser has removed.
 */
export const isForwardable = ({ statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage): boolean =>
  statusCode >= 200 &&
  /^[\t\x20-\x7e\x80-\xff]*$/.test(statusMessage) &&
  valuesOf(rawHeaders, 'transfer-encoding').every((coding) => coding.toLowerCase() === 'chunked');

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
