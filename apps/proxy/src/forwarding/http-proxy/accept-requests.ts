import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Gives the handler what node:http would answer by itself or cut off, so that all refusals look alike and are logged:
 * CONNECT, expectations, and a missing Host header.
 */
export const acceptEveryRequest = (server: Server, handle: RequestListener): void => {
  const asRequest: RequestListener = (request, response) => {
    server.emit('request', request, response);
  };
  server.on('checkContinue', asRequest);
  server.on('checkExpectation', asRequest);
  (server as Server & { requireHostHeader: boolean }).requireHostHeader = false;
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    // node:http has let go of the socket: without this listener a reset would end the process.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    try {
      response.assignSocket(socket);
    } catch {
      // An earlier request of this connection is still being answered, and nobody drains that answer any more.
      socket.destroy();
      return;
    }
    response.once('finish', () => socket.destroySoon());
    handle(request, response);
  });
};
