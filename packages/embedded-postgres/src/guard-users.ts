import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type GuardReport, type GuardRequest, onMessages, sendMessage } from './guard-protocol.ts';

export type GuardUsersEvents = {
  /** The last one has left. */
  readonly onEmpty: () => void;
  readonly onJoin: () => void;
  readonly onStop: () => void;
  readonly status: () => GuardReport;
  /** What one who joins is told at once. */
  readonly greeting: () => readonly GuardReport[];
};

/** The guard's end of its users' connections: a user is there for as long as its socket is open, however it ends. */
export class GuardUsers {
  readonly #users = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #events: GuardUsersEvents;

  constructor(events: GuardUsersEvents) {
    this.#events = events;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get count(): number {
    return this.#users.size;
  }

  /** Listens there. What lies there is a dead guard's: call it only while holding the lock. */
  listen(socketPath: string): Promise<void> {
    rmSync(socketPath, { force: true });
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
  }

  tellAll(report: GuardReport): void {
    for (const user of this.#users) sendMessage(user, report);
  }

  /** Ends every connection after what was sent on it, and gives the socket's name free. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) {
        socket.end();
        socket.destroySoon();
      }
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#users.delete(socket) && this.#users.size === 0) this.#events.onEmpty();
    });
    onMessages<GuardRequest>(socket, ({ type }) => this.#handle(socket, type));
  }

  #handle(socket: Socket, type: GuardRequest['type']): void {
    switch (type) {
      case 'join':
        this.#users.add(socket);
        this.#events.onJoin();
        for (const report of this.#events.greeting()) sendMessage(socket, report);
        return;
      case 'status':
        sendMessage(socket, this.#events.status());
        return;
      case 'stop':
        this.#events.onStop();
        return;
    }
  }
}
