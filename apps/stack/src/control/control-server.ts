import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createLineSplitter } from '../output/split-lines.ts';
import { type ControlReply, type ControlRequest, parseControlRequest } from './protocol.ts';

/** Answers one request; `report` passes progress on to the person who typed the command. */
export type HandleControl = (request: ControlRequest, report: (message: string) => void) => Promise<unknown>;

export type ControlServer = { close(): Promise<void> };

const maxRequestLength = 4096;

const serve = (socket: Socket, handle: HandleControl): void => {
  const reply = (message: ControlReply): void => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  const answer = async (line: string): Promise<void> => {
    try {
      const result = await handle(parseControlRequest(line), (message) =>
        reply({ type: 'progress', message }),
      );
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
