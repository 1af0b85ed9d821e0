import type { Socket } from 'node:net';

/** The exit code of a guard that found another one holding the lock. */
export const lockTakenExitCode = 75;

/** A request of a user to the guard, one JSON object per line. A connection counts as a user after `join`. */
export type GuardRequest = { readonly type: 'join' | 'status' | 'stop' };

export type GuardStatus = {
  readonly type: 'status';
  readonly guardPid: number;
  readonly users: number;
  readonly postgresPid?: number;
  readonly port?: number;
  /** How often this guard has restarted a Postgres that had ended by itself. */
  readonly restarts?: number;
};

export type GuardReport =
  | GuardStatus
  | { readonly type: 'progress'; readonly message: string }
  | {
      readonly type: 'ready';
      readonly port: number;
      readonly password: string;
      readonly dataDir: string;
      readonly guardPid: number;
      /** Whether Postgres ran already when the guard started. */
      readonly adopted: boolean;
    }
  /** Postgres can't be started, and the guard gives up. */
  | { readonly type: 'failed'; readonly message: string }
  /** Postgres was stopped on purpose, and its users must not start it again. */
  | { readonly type: 'stopped'; readonly message: string };

export const sendMessage = (socket: Socket, message: GuardRequest | GuardReport): void => {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
};

/** Calls back for each message. Both ends are this package, so a line that is not JSON ends the connection. */
export const onMessages = <Message>(socket: Socket, handle: (message: Message) => void): void => {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      let message: Message;
      try {
        message = JSON.parse(line) as Message;
      } catch {
        socket.destroy();
        return;
      }
      handle(message);
    }
  });
};
