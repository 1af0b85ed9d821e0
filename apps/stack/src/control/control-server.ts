import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createLineSplitter } from '@tripod/shared/text/split-lines';
import { type ControlReply, type ControlRequest, parseControlRequest } from '@tripod/stack-client/protocol';
import type { Reading } from '@tripod/stack-client/reading';

/** The client of one request. */
export type ControlClient = {
  /** Passes progress on to the person who typed the command. */
  report(message: string): void;
  /** Sends a reading, for a request that streams. A client that does not read them is disconnected. */
  send(reading: Reading): void;
  /** Aborts when the client has disconnected. */
  readonly gone: AbortSignal;
};

/** Answers one request. */
export type HandleControl = (request: ControlRequest, client: ControlClient) => Promise<unknown>;

export type ControlServer = { close(): Promise<void> };

const maxRequestLength = 4096;
/** Replies that the client has not read yet. */
const maxUnreadBytes = 1_048_576;

const serve = (socket: Socket, handle: HandleControl): void => {
  const reply = (message: ControlReply): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  const client: ControlClient = {
    report: (message) => reply({ type: 'progress', message }),
    send: (reading) => {
      reply({ type: 'reading', reading });
      if (socket.writableLength > maxUnreadBytes) socket.destroy();
    },
    gone: gone.signal,
  };
  const answer = async (line: string): Promise<void> => {
    try {
      const result = await handle(parseControlRequest(line), client);
      reply({ type: 'done', result });
    } catch (error) {
      reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
    socket.end();
  };
  let received = false;
  let length = 0;
  const lines = createLineSplitter((line) => {
    if (received) return;
    received = true;
    // `answer` never rejects: failures are replies.
    void answer(line);
  });
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('data', (piece: string) => {
    length += piece.length;
    if (length > maxRequestLength) socket.destroy();
    else lines.add(piece);
  });
};

/**
 * Listens on a Unix-domain socket that only this user can open. The caller holds the lock of the stack, so a socket
 * that already exists belongs to a stack that has ended.
 */
export const startControlServer = async (path: string, handle: HandleControl): Promise<ControlServer> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, handle);
  });
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroySoon();
      }),
  };
};
