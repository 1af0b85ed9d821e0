import { connect, type Socket } from 'node:net';

/** A response that was received on a raw connection. */
export type RawResponse = {
  readonly status: number;
  /** Lower-case names; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything received, as latin1. */
  readonly text: string;
};

/** Parses a response. The body is everything after the head, with its framing. */
export const parseRawResponse = (text: string): RawResponse => {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers,
    body: end === -1 ? '' : text.slice(end + 4),
    text,
  };
};

export type RawExchangeOptions = {
  readonly port: number;
  readonly host?: string;
  /** Written one after the other, each in a packet of its own. */
  readonly bytes: string | readonly string[];
  /** Sends FIN after the last byte. Default false. */
  readonly halfClose?: boolean;
  /** Stops reading once this returns true. Default: reads until the other side closes. */
  readonly until?: (received: string) => boolean;
  /** Time limit against hanging. Default 60 s. */
  readonly withinMs?: number;
};

const written = (socket: Socket, piece: string): Promise<void> =>
  new Promise((resolve) => {
    socket.write(piece, 'latin1', () => setImmediate(resolve));
  });

/** Sends exactly these bytes, and returns everything received until the other side closes or `until` returns true. */
export const exchangeRaw = async (options: RawExchangeOptions): Promise<string> => {
  const { port, host = '127.0.0.1', bytes, halfClose = false, until, withinMs = 60_000 } = options;
  const socket = connect({ port, host, noDelay: true, allowHalfOpen: true });
  let received = '';
  const done = new Promise<void>((resolve, reject) => {
    const guard = setTimeout(() => {
      reject(new Error(`no end within ${withinMs} ms; received so far: ${JSON.stringify(received)}`));
    }, withinMs);
    const finish = (): void => {
      clearTimeout(guard);
      resolve();
    };
    socket.on('data', (piece) => {
      received += piece.toString('latin1');
      if (until?.(received)) finish();
    });
    socket.once('end', finish);
    socket.once('error', finish);
    socket.once('close', finish);
  });
  try {
    for (const piece of typeof bytes === 'string' ? [bytes] : bytes) {
      if (socket.destroyed) break;
      await written(socket, piece);
    }
    if (halfClose) socket.end();
    await done;
  } finally {
    socket.destroy();
  }
  return received;
};
