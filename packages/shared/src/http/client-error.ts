import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../async/clock.ts';
import { AppError } from '../errors/app-error.ts';
import { closingAnswer } from './closing-answer.ts';
import { endConnection, isLingering } from './end-after-request.ts';
import { httpErrors } from './http-errors.ts';
import { requestIdFor } from './observe-requests.ts';
import { sendProblem } from './send-problem.ts';

export type ClientErrorOptions = {
  /** The response to the last request of a connection, until it has ended. */
  readonly findUnended: (socket: Socket) => ServerResponse | undefined;
  readonly clock: Clock;
  /** Told of each refusal that no request handler sees, for the log. */
  readonly onRefused?: ((socket: Socket, error: AppError) => void) | undefined;
};

const toClientError = (code: string | undefined): AppError => {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError(httpErrors.REQUEST_TIMEOUT);
    case 'HPE_HEADER_OVERFLOW':
      return new AppError(httpErrors.REQUEST_HEAD_TOO_LARGE);
    default:
      return new AppError(httpErrors.REQUEST_INVALID, {
        detail: 'This is not a request that HTTP/1.1 allows.',
      });
  }
};

/**
 * Listener for `clientError`: what node's parser refuses (400), what arrives too slowly (408) and a head that is too
 * large (431) is answered with problem+json, and the connection ends. An answer never takes the place of another
 * one: those of earlier requests on the connection go out first, and one that has begun is not written into.
 */
export const createClientErrorListener = ({ findUnended, clock, onRefused }: ClientErrorOptions) => {
  // The parser complains again about each further packet of a connection that it has given up.
  const refused = new WeakSet<Socket>();
  const answerAndClose = (socket: Socket, error: AppError): void => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    endConnection(socket, clock, closingAnswer(error));
  };

  return function answerClientError(cause: NodeJS.ErrnoException, socket: Socket): void {
    if (refused.has(socket)) return;
    refused.add(socket);
    if (cause.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const error = toClientError(cause.code);
    const last = findUnended(socket);
    // The parser reads one request after the other: of all before the last one it has seen the end.
    if (last && !last.req.complete) {
      if (isLingering(last)) last.end();
      else sendProblem(last.req, last, error, { requestId: requestIdFor(last) });
      return;
    }
    onRefused?.(socket, error);
    if (last) last.once('close', () => answerAndClose(socket, error));
    else answerAndClose(socket, error);
  };
};
