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

/** One request as an upstream reads it. */
export type UpstreamRequest = {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** Each as `name: value`, names in lower case. */
  readonly lines: readonly string[];
  readonly framing: Framing;
  /** Which connection of this upstream brought it, counted from 1. */
  readonly connection: number;
  /** Which upstream of its case it came to, counted from 0. */
  readonly upstream: number;
  body: string;
  whole: boolean;
};

/** What an upstream does with one request. It is asked when the head has come. */
export type Turn = {
  readonly socket: Socket;
  readonly request: UpstreamRequest;
  /** Resolves when the request's body has come, or its connection is gone. */
  whole(): Promise<unknown>;
  /** Resolves when the client's steps have said `release()`. */
  released(): Promise<unknown>;
  /** From here on what comes is no HTTP: each piece is given to this. */
  tunnel(onData: (text: string) => void): void;
};

export type Script = (turn: Turn) => void | Promise<void>;

/** Scripts for its first, second… request; the last one goes on for all that follow. */
export type Scripts = readonly [Script, ...Script[]];

export type CaseUpstream = {
  /** `127.0.0.1:8081` */
  readonly address: string;
  readonly requests: readonly UpstreamRequest[];
  /** All bytes received, connection after connection. */
  readonly received: () => string;
  /** Connections made so far, and those that are open. */
  readonly made: () => number;
  readonly open: () => number;
  /** Ends every open connection with a FIN, or writes to each. */
  closeAll(): void;
  writeAll(text: string): void;
  stop(): Promise<void>;
};

type Connection = { pending: string; received: string; tunnel: ((text: string) => void) | undefined };

/**
 * A loopback address of our own: what other tests on this machine send to 127.0.0.1, on ports that they gave back, can't
 * arrive here. Only Linux has more than one without being told.
 */
const host = process.platform === 'linux' ? '127.7.7.7' : '127.0.0.1';

const guardMs = 20_000;

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

/** An upstream of one case, which does what its scripts say and keeps what it was sent. */
export const startCaseUpstream = async (
  number: number,
  scripts: Scripts,
  signal: Signal,
  isReleased: () => boolean,
): Promise<CaseUpstream> => {
  const requests: UpstreamRequest[] = [];
  const connections: Connection[] = [];
  const sockets = new Set<Socket>();

  const take = (socket: Socket, connection: Connection, count: number): void => {
    for (;;) {
      const end = connection.pending.indexOf(headEnd);
      const current = requests.findLast((request) => request.connection === count && !request.whole);
      if (current) {
        const { body, whole, next } =
          current.framing === 'chunked'
            ? readChunks(connection.pending, 0)
            : readLength(connection.pending, 0, Number(valuesOf(current.lines, 'content-length')[0] ?? 0));
        current.body = body;
        if (!whole) return;
        current.whole = true;
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
        whole: false,
      };
      requests.push(request);
      const script = scripts[Math.min(requests.length, scripts.length) - 1] ?? scripts[0];
      const turn: Turn = {
        socket,
        request,
        whole: () => signal.until(() => request.whole || socket.destroyed, guardMs),
        released: () => signal.until(() => isReleased() || socket.destroyed, guardMs),
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
    // A proxy that ends its side has no more use for the connection, unless it is a tunnel.
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
        take(socket, connection, count);
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
    made: () => connections.length,
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
