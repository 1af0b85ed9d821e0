import type { Socket } from 'node:net';

/** The exit code of a guard that found another one holding the lock. */
export const lockTakenExitCode = 75;

/** What a user may tell the guard: one JSON object per line. A connection counts as a user from `join` on. */
export type GuardRequest = { readonly type: 'join' | 'status' | 'stop' };

export type GuardStatus = {
  readonly type: 'status';
  readonly guardPid: number;
  readonly users: number;
  readonly postgresPid?: number;
  readonly port?: number;
  /** How often this guard has started a Postgres again that had ended by itself. */
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
      /** Whether Postgres ran already when the guard came. */
      readonly adopted: boolean;
    }
  /** Postgres can't be started, and nothing will be tried again. */
  | { readonly type: 'failed'; readonly message: string }
  /** Postgres was stopped on purpose, and is not to be started again by those who used it. */
  | { readonly type: 'stopped'; readonly message: string };

export const sendMessage = (socket: Socket, message: GuardRequest | GuardReport): void => {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
};

/** Calls back with each message that arrives. Both ends are this package, so a line that is no JSON ends the connection. */
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
