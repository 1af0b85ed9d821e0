import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { waitFor } from './wait-for.ts';

const program = `
const server = require('node:net').createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => console.log(server.address().port));
`;

const reachable = (port: number, sockets: Socket[]): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    // Pending input is read first, because this process may itself have been busy.
    const timer = setTimeout(() => setImmediate(() => resolve(false)), 200);
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });

export type UnresponsivePort = { readonly port: number; readonly url: string; release(): void };

/** A port that neither accepts nor refuses connections: its accept queue is full and its process is suspended. */
export const takeUnresponsivePort = async (): Promise<UnresponsivePort> => {
  const child: ChildProcess = spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout?.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const port = await waitFor('the port of the child', () =>
    output.endsWith('\n') ? Number(output) : undefined,
  );
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  const release = (): void => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  };
  try {
    await waitFor('the queue to be full', async () => !(await reachable(port, sockets)));
  } catch (error) {
    release();
    throw error;
  }
  return { port, url: `http://127.0.0.1:${port}`, release };
};
