import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../async/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { endConnection } from './end-after-request.ts';
import { httpErrors } from './http-errors.ts';

/** Answers a request with an error instead of passing it to the handler. */
export type Refuse = (request: IncomingMessage, response: ServerResponse, error: AppError) => void;

const countHosts = ({ rawHeaders }: IncomingMessage): number => {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
};

/**
 * Checks the Host of a request (RFC 9112 3.2); undefined when it is valid. With two Host headers, node:http would use
 * the first while another server may use the second; without one, node:http would answer without a body.
 */
export const findHostFault = (request: IncomingMessage): AppError | undefined => {
  const hosts = countHosts(request);
  if (hosts === 1 || (hosts === 0 && request.httpVersion !== '1.1')) return undefined;
  const detail =
    hosts === 0 ? 'A request must have a Host header.' : 'A request must have only one Host header.';
  return new AppError(httpErrors.REQUEST_INVALID, { detail });
};

const noTunnel = (): AppError =>
  new AppError(httpErrors.METHOD_NOT_ALLOWED, {
    detail: 'CONNECT is supported by proxies only.',
    headers: { Allow: 'GET, HEAD' },
  });

export type RefuseOptions = {
  readonly refuse: Refuse;
  /** The response to the last request of a connection, until it has ended. */
  readonly findUnended: (socket: Socket) => ServerResponse | undefined;
  /** The response that must end before a waiting one can be sent. */
  readonly findEarlier: (response: ServerResponse) => ServerResponse | undefined;
  readonly clock: Clock;
};

/**
 * Refuses unknown expectations (RFC 9110 10.1.1) and CONNECT, which is for proxies (9.3.6). node:http would answer the
 * former without a body, and the latter not at all.
 */
export const refuseUnsupportedRequests = (
  server: Server,
  { refuse, findUnended, findEarlier, clock }: RefuseOptions,
): void => {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    refuse(request, response, new AppError(httpErrors.EXPECTATION_FAILED)),
  );
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    // node:http has detached from the socket: errors, time-outs and further input have no other listener.
    const cut = (): void => void socket.destroy();
    socket.on('error', cut).on('timeout', cut).resume();
    const answer = (): void => {
      if (!socket.writable) return;
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      response.once('finish', () => endConnection(socket, clock));
      refuse(request, response, noTunnel());
    };
    const last = findUnended(socket);
    const forUnended = (act: (response: ServerResponse) => void): void => {
      for (let response = last; response; response = findEarlier(response)) act(response);
    };
    // For the same reason, responses of the connection would get neither `drain` nor `close` from node:http.
    socket.on('drain', () => forUnended((response) => void (response.socket && response.emit('drain'))));
    socket.once('close', () => forUnended((response) => void response.destroy()));
    if (last) last.once('close', answer);
    else answer();
  });
};
