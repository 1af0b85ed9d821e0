import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../async/clock.ts';

/** How long a client may take to read its answer and to stop sending, before the connection is closed. */
export const lingerMs = 1000;

const lingering = new WeakSet<ServerResponse>();

/** Whether the answer was sent and the server only waits for the client to stop sending. */
export const isLingering = (response: ServerResponse): boolean => lingering.has(response);

/**
 * Ends the response when the client has stopped sending, or after a second. A connection that is closed with unread
 * bytes is reset, and the reset may overtake the answer (RFC 9112 9.6).
 */
export const endAfterRequest = (request: IncomingMessage, response: ServerResponse): void => {
  lingering.add(response);
  const timer = setTimeout(() => response.end(), lingerMs);
  timer.unref();
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  request.once('end', end).once('close', end);
  request.resume();
};

/**
 * Sends the last bytes of a connection, and closes it when the client has closed its side or after `lingerMs`. Closed
 * at once with unread input, it would be reset, and the client could lose the answer.
 */
export const endConnection = (socket: Socket, clock: Clock, lastBytes = ''): void => {
  const cut = clock.after(lingerMs, () => socket.destroy());
  socket.once('close', () => cut.cancel());
  socket.end(lastBytes);
};
