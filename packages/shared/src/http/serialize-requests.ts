import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Limit on the requests of one connection that wait; a client that sends more without reading answers is cut off. */
export const maxWaiting = 1000;

/**
 * Wraps a request listener so that the requests of one connection run one after the other, also when a client pipelines
 * them: they may depend on each other (RFC 9112 9.3.2), and one packet could otherwise open a thousand files. A waiting
 * request costs its head only, and is dropped when the connection ends.
 */
export const serializeRequests = (handle: RequestListener): RequestListener => {
  const waiting = new WeakMap<Socket, number>();
  return (request, response) => {
    // node:http assigns the socket to one response at a time, so the response has none while an earlier one runs.
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
      // The clientError listener has already answered a request with a broken body.
      if (!response.headersSent) handle(request, response);
    });
  };
};
