import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../async/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { endConnection } from './end-after-request.ts';
import { httpErrors } from './http-errors.ts';

/** Answers a request with the reason for which no handler is given it. */
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
 * What is wrong with the Host of a request (RFC 9112 3.2); undefined when nothing is. Of two, node:http would take the
 * first, and somebody else the second; where there is none, it would answer without a body.
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
    detail: 'Tunnels are for proxies.',
    headers: { Allow: 'GET, HEAD' },
  });

export type RefuseOptions = {
  readonly refuse: Refuse;
  /** The response to the last request of a connection, until it has ended. */
  readonly findUnended: (socket: Socket) => ServerResponse | undefined;
  /** The response in front of one that waits for it. */
  readonly findEarlier: (response: ServerResponse) => ServerResponse | undefined;
  readonly clock: Clock;
};

/**
 * Refuses expectations that nobody knows (RFC 9110 10.1.1) and CONNECT, which is for proxies (9.3.6): node:http would
 * answer the former without a body, and the latter not at all.
 */
export const refuseOddRequests = (
  server: Server,
  { refuse, findUnended, findEarlier, clock }: RefuseOptions,
): void => {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    refuse(request, response, new AppError(httpErrors.EXPECTATION_FAILED)),
  );
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    // node:http has let go of the socket: a reset or a stall would be nobody's, and what comes on it nobody's to read.
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
    // Nor would an answer learn that there is room for more of it, or one that waits behind others that it has gone.
    socket.on('drain', () => forUnended((response) => void (response.socket && response.emit('drain'))));
    socket.once('close', () => forUnended((response) => void response.destroy()));
    if (last) last.once('close', answer);
    else answer();
  });
};
