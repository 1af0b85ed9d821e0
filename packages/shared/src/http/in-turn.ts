import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** So many requests of one connection may wait; whoever sends more without an answer to any is cut off. */
export const maxWaiting = 1000;

/**
 * Carries the requests of one connection out one after the other, however many were sent at once: they may depend on
 * each other (RFC 9112 9.3.2), and a single packet could otherwise open a thousand files. What waits is a head alone;
 * when the connection ends, it is forgotten.
 */
export const inTurn = (handle: RequestListener): RequestListener => {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    // It has none as long as another response has it.
    if (response.socket !== null) {
      handle(request, response);
      return;
    }
    const { socket } = request;
    const count = (waiting.get(socket) ?? 0) + 1;
    waiting.set(socket, count);
    if (count > maxWaiting) {
      socket.destroy();
      return;
    }
    response.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 0) - 1);
      // A body that turned out to be broken was answered already.
      if (!response.headersSent) handle(request, response);
    });
  };
};
