import type { Clock, Timer } from '@tripod/shared/async/clock';
import { createDeferred } from '@tripod/shared/async/deferred';
import type { StateAddress } from './parse-state-url.ts';

/** Redis refused a command. The connection stays open. */
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

/** Redis counts as away when it sends no answer for this long, to a connection attempt or to any waiting command. */
const answerTimeoutMs = 700;
/** Bound on the commands of one connection that wait for an answer. */
const maxPending = 2000;

/**
 * Rejects when Redis sent nothing for this long. `heardMs` returns the time of the last data, or of the start of the
 * work.
 */
const unlessSilent = <T>(
  clock: Clock,
  limitMs: number,
  heardMs: () => number,
  work: Promise<T>,
): Promise<T> =>
  new Promise((resolve, reject) => {
    let timer: Timer;
    let settled = false;
    const look = (): void => {
      if (settled) return;
      const leftMs = heardMs() + limitMs - clock.monotonicMs();
      if (leftMs > 0) waitFor(leftMs);
      else reject(new Error(`no answer within ${limitMs} ms`));
    };
    const waitFor = (ms: number): void => {
      // After a busy period of this process, timers fire before pending input is read.
      timer = clock.after(ms, () => setImmediate(look));
    };
    waitFor(limitMs);
    work.then(resolve, reject).finally(() => {
      settled = true;
      timer.cancel();
    });
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
  const lost = createDeferred<Error>();
  const end = (reason: Error): void => {
    lost.resolve(reason);
    client.destroy();
  };
  client.on('error', end);
  const beganMs = clock.monotonicMs();
  try {
    await unlessSilent(clock, answerTimeoutMs, () => beganMs, client.connect());
  } catch (error) {
    end(error as Error);
    throw error;
  }
  let pending = 0;
  let answeredMs = clock.monotonicMs();
  const answered = (): void => {
    answeredMs = clock.monotonicMs();
  };
  return {
    command: async (args, blockMs = 0) => {
      if (pending >= maxPending) throw new RedisBusyError();
      pending += 1;
      const sentMs = clock.monotonicMs();
      const heardMs = (): number => Math.max(sentMs, answeredMs);
      try {
        const reply = await unlessSilent(clock, answerTimeoutMs + blockMs, heardMs, client.sendCommand(args));
        answered();
        return reply;
      } catch (error) {
        if (error instanceof ErrorReply) {
          answered();
          throw new RedisReplyError(error);
        }
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
