import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type GuardReport, type GuardRequest, onMessages, sendMessage } from './guard-protocol.ts';

export type GuardUsersEvents = {
  /** Called when the last user has left. */
  readonly onEmpty: () => void;
  readonly onJoin: () => void;
  readonly onStop: () => void;
  readonly status: () => GuardReport;
  /** The reports for a user that joins. */
  readonly greeting: () => readonly GuardReport[];
};

/** The guard's end of the users' connections. A user counts while its socket is open, however the user ends. */
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

  /** Listens on a socket, after removing that of a dead guard. The caller must hold the lock. */
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

  /** Ends every connection after its pending reports, and removes the socket. */
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
