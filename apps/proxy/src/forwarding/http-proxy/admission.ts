import type { IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import type { RouteTable, Routing } from '../../routing/route-table.ts';
import { forwardingErrors } from '../forwarding-errors.ts';

const maxHeaderLines = 100;
const maxTargetLength = 8192;

/** A request that passed all checks. */
export type Admitted = {
  readonly routing: Routing;
  readonly isEmpty: boolean;
  /** The client waits for a 100 before it sends its body (RFC 9110 10.1.1). */
  readonly expectsContinue: boolean;
};

type Facts = { hosts: string[]; codings: string[]; lengths: string[] };

const factsOf = (raw: readonly string[]): Facts => {
  const facts: Facts = { hosts: [], codings: [], lengths: [] };
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (name === 'host') facts.hosts.push(value);
    else if (name === 'transfer-encoding') facts.codings.push(value);
    else if (name === 'content-length') facts.lengths.push(value);
  }
  return facts;
};

const refuse = (detail: string): AppError => new AppError(httpErrors.REQUEST_INVALID, { detail });

/** Whether the request has no body, by the head as node:http parsed it. */
export const hasEmptyBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;

/** Refuses ambiguous framing (RFC 9112 6.1, 6.3) that node:http accepts and other servers read differently. */
const checkFraming = (request: IncomingMessage, { codings, lengths }: Facts): void => {
  if (codings.length > 0) {
    if (request.httpVersion === '1.0') throw refuse('Transfer-Encoding is not allowed in HTTP/1.0.');
    if (lengths.length > 0) throw refuse('The request has both Content-Length and Transfer-Encoding.');
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked')
      throw new AppError(forwardingErrors.PROXY_CODING_UNSUPPORTED);
  }
  if (lengths.length > 1 || (lengths[0] !== undefined && !/^\d{1,15}$/.test(lengths[0]))) {
    throw refuse('The Content-Length is not one plain number.');
  }
};

/** Checks a request that node:http has parsed, and finds its route. Throws an AppError when the request is refused. */
export const admitRequest = (request: IncomingMessage, routes: RouteTable): Admitted => {
  const { httpVersion, rawHeaders, url = '', method = '' } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw refuse('Only HTTP/1.1 and HTTP/1.0 are supported.');
  if (rawHeaders.length / 2 > maxHeaderLines) throw new AppError(httpErrors.REQUEST_HEAD_TOO_LARGE);
  if (url.length > maxTargetLength) throw new AppError(forwardingErrors.PROXY_URL_TOO_LONG);
  const facts = factsOf(rawHeaders);
  if (facts.hosts.length > 1 || (facts.hosts.length === 0 && httpVersion === '1.1')) {
    throw refuse('A request must have exactly one Host header.');
  }
  checkFraming(request, facts);
  const { expect } = request.headers;
  // HTTP/1.0 has no expectations: the header is ignored.
  const expects = httpVersion === '1.1' && expect !== undefined;
  if (expects && expect.toLowerCase() !== '100-continue')
    throw new AppError(forwardingErrors.PROXY_EXPECTATION_FAILED);
  const { via } = request.headers;
  const routing = routes.route({ method, target: url, authority: facts.hosts[0], via });
  const length = Number(facts.lengths[0] ?? 0);
  if (routing.kind === 'forward' && length > routing.route.maxBodyBytes)
    throw new AppError(forwardingErrors.PROXY_BODY_TOO_LARGE);
  const isEmpty = length === 0 && facts.codings.length === 0;
  return { routing, isEmpty, expectsContinue: expects && !isEmpty };
};
