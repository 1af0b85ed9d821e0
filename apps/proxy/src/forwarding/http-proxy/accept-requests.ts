import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Reading a connection stops when more of its requests wait, and goes on when less than half of them are left. */
const maxWaitingRequests = 64;

/** The last response of a connection, and how many of its requests wait, stored on the socket: cheaper than a map. */
const lastResponse = Symbol('last response');
const waiting = Symbol('waiting requests');
type TrackedSocket = Socket & {
  [lastResponse]?: ServerResponse;
  [waiting]?: number;
  /** The mark of node:http that a socket is not read because its client is too fast. */
  _paused?: boolean;
  parser?: { resume(): void } | null;
};

/** As node:http does when responses are not taken: it pauses its parser after the current read. */
const stopReading = (socket: TrackedSocket): void => {
  socket._paused = true;
  socket.pause();
};

const goOnReading = (socket: TrackedSocket): void => {
  if (!socket._paused) return;
  socket._paused = false;
  socket.parser?.resume();
  socket.resume();
};

/**
 * Wraps a request listener so that the requests of one connection run one after the other, also when a client pipelines
 * them: they may depend on each other (RFC 9112 9.3.2), and one client could otherwise hold thousands of upstream
 * connections. Unlike serializeRequests of @tripod/shared, it waits until the client has taken the earlier response, so
 * that responses that are not read do not fill the memory. The requests that wait are bounded by not reading the
 * connection.
 */
export const runAfterEarlierResponse = (handle: RequestListener): RequestListener => {
  return (request, response) => {
    const socket: TrackedSocket = request.socket;
    const earlier = socket[lastResponse];
    socket[lastResponse] = response;
    if (!earlier || earlier.closed) {
      handle(request, response);
      return;
    }
    const count = (socket[waiting] ?? 0) + 1;
    socket[waiting] = count;
    if (count > maxWaitingRequests) stopReading(socket);
    earlier.once('close', () => {
      const left = (socket[waiting] ?? 1) - 1;
      socket[waiting] = left;
      // Meanwhile the connection may have closed, or the clientError listener may have answered a broken body.
      if (socket.destroyed) return;
      if (left < maxWaitingRequests / 2 && !socket.writableNeedDrain) goOnReading(socket);
      if (!response.headersSent) handle(request, response);
    });
  };
};

/** Keeps node:http from closing the connection after a request that expects a 100 but has no body. */
export const clearExpectation = (response: ServerResponse): void => {
  (response as ServerResponse & { _expect_continue: boolean })._expect_continue = false;
};

/**
 * Passes requests to the handler that node:http would answer itself or close: CONNECT, expectations, and a missing Host
 * header. All refusals then look alike and are logged.
 */
export const acceptEveryRequest = (server: Server, handle: RequestListener): void => {
  const asRequest: RequestListener = (request, response) => {
    server.emit('request', request, response);
  };
  server.on('checkContinue', asRequest);
  server.on('checkExpectation', asRequest);
  (server as Server & { requireHostHeader: boolean }).requireHostHeader = false;
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    // node:http no longer handles this socket: without a listener, a reset would end the process.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    try {
      response.assignSocket(socket);
    } catch {
      // An earlier response on this connection is not complete, and node:http no longer writes it.
      socket.destroy();
      return;
    }
    response.once('finish', () => socket.destroySoon());
    handle(request, response);
  });
};

/** Takes the new connections of a server away from node:http. Returns the function that passes one on to it. */
export const takeConnections = (server: Server): ((socket: Socket) => void) => {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  return (socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
};
