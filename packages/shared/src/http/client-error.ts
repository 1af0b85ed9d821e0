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
  /** Called for each refused request that reaches no request handler, so that it can be logged. */
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
 * Creates the listener for `clientError`. It answers a request that Node's parser refuses (400), one that arrives too
 * slowly (408) and one with too large a head (431) with problem+json, and closes the connection. Answers to earlier
 * requests on the connection are sent first, and an answer that has begun is never written into.
 */
export const createClientErrorListener = ({ findUnended, clock, onRefused }: ClientErrorOptions) => {
  // After the first error, the parser emits another one for each further packet of the connection.
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
    // The parser reads requests one after the other, so only the last one can be incomplete.
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
