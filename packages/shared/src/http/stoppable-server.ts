import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../async/clock.ts';
import { pause } from '../async/pause.ts';
import { type Listening, type ListenOptions, listen } from '../os/listen.ts';
import { type ClientErrorOptions, createClientErrorListener } from './client-error.ts';
import type { Readiness } from './readiness.ts';
import { findHostFault, type Refuse, refuseUnsupportedRequests } from './refuse-requests.ts';
import { applyServerLimits, serverOptions } from './server-timeouts.ts';

export type StopOptions = {
  /** How long to go on serving, as not ready, before connections are refused. */
  readonly drainDelayMs: number;
  /** How long requests in flight may take after that; then their connections are cut. Default 10 s. */
  readonly graceMs?: number;
};

export type StoppableServerOptions = {
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly onRefused?: ClientErrorOptions['onRefused'];
  /**
   * Answers requests that node:http itself would accept, ignore or answer without a body: a missing or repeated Host,
   * an unknown expectation, CONNECT. Their connections are closed. Default: the behaviour of node:http.
   */
  readonly refuse?: Refuse;
  /**
   * Options for `createServer`: the classes of requests and responses, and `optimizeEmptyRequests`, which makes a
   * request without a body emit no `end`. Default: Node's.
   */
  readonly nodeOptions?: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse' | 'optimizeEmptyRequests'>;
  /** A connection without traffic in either direction for this long is cut. Default: never. */
  readonly stallMs?: number;
};

/** A node:http server with a graceful stop: it finishes the requests in flight. */
export type StoppableServer = {
  /** For supertest and for tests that listen themselves. */
  readonly server: Server;
  /** The open connections. */
  connections(): Iterable<Socket>;
  listen(options: ListenOptions): Promise<Listening>;
  /** Resolves when the last response has been sent, or its connection was cut. Later calls wait for the first. */
  stop(options: StopOptions): Promise<void>;
};

/** Creates the node:http server of a service, with time-outs, limits and a graceful stop (RFC 9112 9.6). */
export const createStoppableServer = (
  handler: RequestListener,
  { readiness, clock, onRefused, refuse, nodeOptions, stallMs }: StoppableServerOptions,
): StoppableServer => {
  /**
   * Every connection with the response to its last request. A listener for the end of each response would cost more
   * than the rest of this file.
   */
  const connections = new Map<Socket, ServerResponse | undefined>();
  /** For each response that waits, the response that must end before it. */
  const earlier = new WeakMap<ServerResponse, ServerResponse | undefined>();
  const track = (request: IncomingMessage, response: ServerResponse): void => {
    if (response.socket === null) {
      earlier.set(response, connections.get(request.socket));
      // Otherwise a connection that always has a waiting response would retain all of its earlier ones.
      response.once('socket', () => earlier.delete(response));
    }
    connections.set(request.socket, response);
  };
  const findUnended = (socket: Socket): ServerResponse | undefined => {
    const response = connections.get(socket);
    return response?.closed ? undefined : response;
  };
  const closeAfter = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  /** Connections that end with a refusal. Requests pipelined after it are ignored (RFC 9112 9.6). */
  const refused = new WeakSet<Socket>();
  const refuseAndClose: Refuse = (request, response, error) => {
    track(request, response);
    closeAfter(response);
    refused.add(request.socket);
    refuse?.(request, response, error);
  };
  const options = { ...serverOptions, ...nodeOptions, requireHostHeader: refuse === undefined };
  const server = createServer(options, (request, response) => {
    const fault = refuse && findHostFault(request);
    if (refused.has(request.socket)) request.resume();
    else if (fault) refuseAndClose(request, response, fault);
    else {
      track(request, response);
      if (readiness.draining) closeAfter(response);
      handler(request, response);
    }
  });
  if (refuse) {
    const findEarlier = (response: ServerResponse) => earlier.get(response);
    refuseUnsupportedRequests(server, { refuse: refuseAndClose, findUnended, findEarlier, clock });
  }
  applyServerLimits(server, { stallMs });
  server.on('connection', (socket: Socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('clientError', createClientErrorListener({ findUnended, clock, onRefused }));
  /** Closes preconnects of browsers, too: Node does not count a connection without a request as idle. */
  const closeIdle = (): void => {
    server.closeIdleConnections();
    for (const socket of connections.keys()) if (socket.bytesRead === 0) socket.destroy();
  };
  let listening: Listening | undefined;
  let stopping: Promise<void> | undefined;

  const run = async ({ drainDelayMs, graceMs = 10_000 }: StopOptions): Promise<void> => {
    readiness.startDraining();
    for (const socket of connections.keys()) {
      const response = findUnended(socket);
      if (response) closeAfter(response);
    }
    if (!listening) return;
    await pause(clock, drainDelayMs);
    const ended = listening.close();
    server.closeIdleConnections();
    const sweep = setInterval(closeIdle, 100);
    const cut = clock.after(graceMs, () => {
      // Includes sockets that node:http has detached from.
      for (const socket of connections.keys()) socket.destroy();
    });
    try {
      await ended;
    } finally {
      clearInterval(sweep);
      cut.cancel();
    }
  };
  return {
    server,
    connections: () => connections.keys(),
    listen: async (options) => {
      listening = await listen(server, options);
      return listening;
    },
    stop: (options) => {
      stopping ??= run(options);
      return stopping;
    },
  };
};
