import { createServer, type Server, type Socket } from 'node:net';
import {
  type Framing,
  headEnd,
  headerLines,
  readChunks,
  readLength,
  valuesOf,
} from '../wire/message-text.ts';
import type { Signal } from '../wire/signal.ts';

/** One request as the upstream reads it. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Header lines as `name: value`, names in lower case. */
  readonly lines: readonly string[];
  readonly framing: Framing;
  /** Number of the connection that carried the request, from 1. */
  readonly connection: number;
  /** Index of the upstream within its case. */
  readonly upstream: number;
  body: string;
  complete: boolean;
};

/** The context of a script that handles one request. The script runs when the request head has arrived. */
export type Turn = {
  readonly socket: Socket;
  readonly request: UpstreamRequest;
  /** Resolves when the request body is complete or the connection has closed. */
  complete(): Promise<unknown>;
  /** Resolves when a step of the client has called `release()`. */
  released(): Promise<unknown>;
  /** Stops reading HTTP: every further piece goes to `onData`. */
  tunnel(onData: (text: string) => void): void;
};

export type Script = (turn: Turn) => void | Promise<void>;

/** Scripts for the first, second… request; the last one handles all further requests. */
export type Scripts = readonly [Script, ...Script[]];

export type CaseUpstream = {
  /** `127.0.0.1:8081` */
  readonly address: string;
  readonly requests: readonly UpstreamRequest[];
  /** All bytes received, one connection after the other. */
  readonly received: () => string;
  /** Number of connections accepted so far, and of those still open. */
  readonly accepted: () => number;
  readonly open: () => number;
  /** Half-closes every open connection, or writes to each. */
  closeAll(): void;
  writeAll(text: string): void;
  stop(): Promise<void>;
};

type Connection = { pending: string; received: string; tunnel: ((text: string) => void) | undefined };

/**
 * A loopback address that no other test uses, so that a request to a reused port of 127.0.0.1 cannot arrive here. Only
 * Linux accepts all of 127.0.0.0/8 without configuration.
 */
const host = process.platform === 'linux' ? '127.7.7.7' : '127.0.0.1';

/** A limit against hanging. */
const limitMs = 20_000;

const parseHead = (
  head: string,
): Pick<UpstreamRequest, 'method' | 'target' | 'version' | 'lines' | 'framing'> => {
  const [method = '', target = '', version = ''] = head.slice(0, head.indexOf('\r\n')).split(' ');
  const lines = headerLines(head);
  const chunked = valuesOf(lines, 'transfer-encoding').some((coding) => /chunked/i.test(coding));
  const length = valuesOf(lines, 'content-length')[0];
  return {
    method,
    target,
    version,
    lines,
    framing: chunked ? 'chunked' : length === undefined ? 'none' : 'length',
  };
};

/** Starts an upstream of one case on a free port. It runs its scripts and records what it receives. */
export const startCaseUpstream = async (
  number: number,
  scripts: Scripts,
  signal: Signal,
  isReleased: () => boolean,
): Promise<CaseUpstream> => {
  const requests: UpstreamRequest[] = [];
  const connections: Connection[] = [];
  const sockets = new Set<Socket>();

  const readRequests = (socket: Socket, connection: Connection, count: number): void => {
    for (;;) {
      const end = connection.pending.indexOf(headEnd);
      const current = requests.findLast((request) => request.connection === count && !request.complete);
      if (current) {
        const { body, complete, next } =
          current.framing === 'chunked'
            ? readChunks(connection.pending, 0)
            : readLength(connection.pending, 0, Number(valuesOf(current.lines, 'content-length')[0] ?? 0));
        current.body = body;
        if (!complete) return;
        current.complete = true;
        connection.pending = connection.pending.slice(next);
        continue;
      }
      if (end === -1 || connection.tunnel) return;
      const head = connection.pending.slice(0, end);
      connection.pending = connection.pending.slice(end + headEnd.length);
      const request: UpstreamRequest = {
        ...parseHead(head),
        connection: count,
        upstream: number,
        body: '',
        complete: false,
      };
      requests.push(request);
      const script = scripts[Math.min(requests.length, scripts.length) - 1] ?? scripts[0];
      const turn: Turn = {
        socket,
        request,
        complete: () => signal.until(() => request.complete || socket.destroyed, limitMs),
        released: () => signal.until(() => isReleased() || socket.destroyed, limitMs),
        tunnel: (onData) => {
          connection.tunnel = onData;
          const early = connection.pending;
          connection.pending = '';
          if (early !== '') onData(early);
        },
      };
      void Promise.resolve(script(turn)).catch(() => socket.destroy());
    }
  };

  const server: Server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const connection: Connection = { pending: '', received: '', tunnel: undefined };
    const count = connections.push(connection);
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      signal.notify();
    });
    // When the proxy half-closes, the connection is of no more use, unless it is a tunnel.
    socket.once('end', () => {
      if (!connection.tunnel) socket.end();
      signal.notify();
    });
    socket.on('data', (piece) => {
      const text = piece.toString('latin1');
      connection.received += text;
      if (connection.tunnel) connection.tunnel(text);
      else {
        connection.pending += text;
        readRequests(socket, connection, count);
      }
      signal.notify();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port: 0, backlog: 64 }, resolve);
  });
  const address = server.address();
  return {
    address: `${host}:${typeof address === 'object' && address ? address.port : 0}`,
    requests,
    received: () => connections.map(({ received }) => received).join(''),
    accepted: () => connections.length,
    open: () => sockets.size,
    closeAll: () => {
      for (const socket of sockets) socket.end();
    },
    writeAll: (text) => {
      for (const socket of sockets) socket.write(text, 'latin1');
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
