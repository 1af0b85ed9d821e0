import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The latest response of a connection: kept with it, which is cheaper than a map. */
const latest = Symbol('latest response');
type Carrying = Socket & { [latest]?: ServerResponse };

/**
 * Carries the requests of one connection out one after the other, however many were sent at once: they may depend on
 * each other (RFC 9112 9.3.2), and a single client could otherwise hold thousands of upstream connections.
 */
export const oneAtATime = (handle: RequestListener): RequestListener => {
  return (request, response) => {
    const socket: Carrying = request.socket;
    const earlier = socket[latest];
    socket[latest] = response;
    if (!earlier || earlier.closed) {
      handle(request, response);
      return;
    }
    earlier.once('close', () => {
      // Meanwhile the connection may have ended, or the body turned out to be broken and been answered so.
      if (!socket.destroyed && !response.headersSent) handle(request, response);
    });
  };
};

/** node:http would close behind a request that expects a 100 and has no body to wait for. */
export const forgetExpectation = (response: ServerResponse): void => {
  (response as ServerResponse & { _expect_continue: boolean })._expect_continue = false;
};

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

/** Lets node:http see only the connections that `admit` lets in; whoever refuses one has it to himself. */
export const acceptOnly = (server: Server, admit: (socket: Socket) => boolean): void => {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (!admit(socket)) return;
    for (const listener of listeners) listener.call(server, socket);
  });
};
