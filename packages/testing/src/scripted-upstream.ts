import { createServer, type Socket } from 'node:net';

/** One request as the upstream received it, byte for byte. */
export type ReceivedRequest = {
  readonly head: string;
  readonly method: string;
  readonly target: string;
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** Number of the request at this upstream, from 1. */
  readonly number: number;
};

/** Answers one request by writing arbitrary bytes to the socket, valid or not. */
export type UpstreamScript = (socket: Socket, request: ReceivedRequest) => void;

export type ScriptedUpstream = {
  readonly port: number;
  readonly url: string;
  /** Every request head, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** All bytes received on each connection, as latin1. */
  readonly received: readonly string[];
  /** Number of open connections. */
  readonly open: number;
  /** Replaces the script for later requests. */
  setScript(script: UpstreamScript): void;
  /** Cuts all connections and stops listening. */
  stop(): Promise<void>;
};

/** Renders a complete response with its Content-Length. */
export const plainResponse = (body: string, status = '200 OK', headers = ''): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;

const bodyLengthOf = (head: string): number => Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);

/**
 * Starts an upstream on raw sockets whose behaviour a test scripts: wrong lengths, incomplete answers, resets, silence.
 * It frames requests by Content-Length or by the last chunk; `received` has the raw bytes when that is not enough.
 */
export const startScriptedUpstream = async (script: UpstreamScript, port = 0): Promise<ScriptedUpstream> => {
  let current = script;
  const requests: ReceivedRequest[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = received.push('');
    let pending = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      const text = piece.toString('latin1');
      received[connection - 1] += text;
      pending += text;
      for (;;) {
        const end = pending.indexOf('\r\n\r\n');
        if (end === -1) return;
        const head = pending.slice(0, end + 4);
        const chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
        const lastChunk = chunked ? pending.indexOf('0\r\n\r\n', end + 4) : -1;
        if (chunked && lastChunk === -1) return;
        const length = chunked ? lastChunk + 5 : end + 4 + bodyLengthOf(head);
        if (pending.length < length) return;
        pending = pending.slice(length);
        const [method = '', target = ''] = head.split(' ');
        const request = { head, method, target, connection, number: requests.length + 1 };
        requests.push(request);
        current(socket, request);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    port: actual,
    url: `http://127.0.0.1:${actual}`,
    requests,
    received,
    get open() {
      return sockets.size;
    },
    setScript: (next) => {
      current = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
