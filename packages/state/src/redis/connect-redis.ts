import type { Clock } from '@tripod/shared/async/clock';
import type { StateAddress } from './parse-state-url.ts';

/** Redis refused a command. The connection goes on. */
export class RedisReplyError extends Error {
  constructor(reply: Error) {
    super(reply.message, { cause: reply });
    this.name = 'RedisReplyError';
  }
}

/** Too many commands wait for an answer. This one was not sent. */
export class RedisBusyError extends Error {
  constructor() {
    super(`${maxPending} commands wait for Redis already`);
    this.name = 'RedisBusyError';
  }
}

export type RedisConnection = {
  /**
   * Sends one command. Rejects with a RedisReplyError when Redis refuses it, and with a RedisBusyError when too many
   * wait. Any other error means that the connection is lost: the command may have been carried out or not. A blocking
   * command may take `blockMs` longer than others.
   */
  command(args: readonly string[], blockMs?: number): Promise<unknown>;
  /** Resolves with the reason once the connection is lost. */
  readonly lost: Promise<Error>;
  destroy(): void;
};

export type ConnectOptions = {
  readonly address: StateAddress;
  /** Shown by CLIENT LIST. */
  readonly clientName: string;
  readonly clock: Clock;
};

/** Without an answer for this long Redis counts as away: to a connection attempt and to each command. */
const answerTimeoutMs = 700;
/** Bound on the commands of one connection that wait for an answer. */
const maxPending = 2000;

/** Rejects when the work takes longer. */
const within = <T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    // When this process itself was busy its timers come due before what has arrived meanwhile is read.
    const timer = clock.after(limitMs, () =>
      setImmediate(() => reject(new Error(`no answer within ${limitMs} ms`))),
    );
    work.then(resolve, reject).finally(() => timer.cancel());
  });

/**
 * Opens one connection, which is never opened again: the client of the package would queue commands and wait without
 * limit for the answer to a command that it has sent. Rejects when there is no answer within 700 ms.
 */
export const connectRedis = async ({
  address,
  clientName,
  clock,
}: ConnectOptions): Promise<RedisConnection> => {
  // 20 MB, which a process with its state in Postgres does not need.
  const { createClient, ErrorReply } = await import('redis');
  const client = createClient({
    url: address.url,
    // CLIENT SETNAME takes no blanks.
    name: clientName.replace(/[^!-~]/g, '-'),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: answerTimeoutMs, reconnectStrategy: false },
  });
  const lost = Promise.withResolvers<Error>();
  const end = (reason: Error): void => {
    lost.resolve(reason);
    client.destroy();
  };
  client.on('error', end);
  try {
    await within(clock, answerTimeoutMs, client.connect());
  } catch (error) {
    end(error as Error);
    throw error;
  }
  let pending = 0;
  return {
    command: async (args, blockMs = 0) => {
      if (pending >= maxPending) throw new RedisBusyError();
      pending += 1;
      try {
        return await within(clock, answerTimeoutMs + blockMs, client.sendCommand(args));
      } catch (error) {
        if (error instanceof ErrorReply) throw new RedisReplyError(error);
        end(error as Error);
        throw error;
      } finally {
        pending -= 1;
      }
    },
    lost: lost.promise,
    destroy: () => end(new Error('closed')),
  };
};
