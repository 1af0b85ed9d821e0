import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** A TCP connection that a test can break: between a service and its database, or a proxy and its upstream. */
export type TcpForwarder = {
  readonly port: number;
  /** Number of open connections. */
  readonly open: number;
  /** Number of connections accepted so far. */
  readonly accepted: number;
  /** Refuses new connections and resets those that are open. */
  cut(): Promise<void>;
  /** Drops every byte in both directions, on new connections too, like a half-open connection. */
  silence(): void;
  /** Accepts connections again and forwards their bytes. Connections that were silenced stay silent. */
  heal(): Promise<void>;
  stop(): Promise<void>;
};

/** Forwards connections on a free loopback port to `port` on 127.0.0.1. */
export const startTcpForwarder = async (port: number): Promise<TcpForwarder> => {
  const sockets = new Set<Socket>();
  let silent = false;
  let accepted = 0;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ noDelay: true }, (near) => {
    accepted += 1;
    keep(near);
    // A paused socket reads nothing, so its end goes unnoticed, too.
    if (silent) return;
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    keep(far);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  const listen = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cut = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.resetAndDestroy();
    });
  const ownPort = await freePort();
  await listen(ownPort);
  return {
    port: ownPort,
    get open() {
      return server.listening ? sockets.size : 0;
    },
    get accepted() {
      return accepted;
    },
    cut,
    silence: () => {
      silent = true;
      for (const socket of sockets) {
        socket.unpipe();
        socket.pause();
      }
    },
    heal: async () => {
      silent = false;
      if (!server.listening) await listen(ownPort);
    },
    stop: cut,
  };
};
