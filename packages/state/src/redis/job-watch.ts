import { type JobQueue, longestJobWaitMs } from '../store/state-store.ts';
import { type ConnectOptions, connectRedis, type RedisConnection } from './connect-redis.ts';
import { waitingList } from './redis-jobs.ts';

export type JobWatch = {
  readonly waitForJob: JobQueue['waitForJob'];
  close(): void;
};

/** Settles like the work, or resolves when the signal is aborted. */
const unlessAborted = (work: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => resolve();
    signal.addEventListener('abort', stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

/**
 * Waits for jobs on a connection of its own, which all callers share. Moving the last element of the list to where it
 * is changes nothing, and blocks as long as the list is empty: so a worker takes each job with its lease in one step,
 * and none is held by a worker that was only waiting.
 */
export const createJobWatch = (options: ConnectOptions): JobWatch => {
  let connection: RedisConnection | undefined;
  let watching: Promise<void> | undefined;
  let closed = false;
  const connect = async (): Promise<RedisConnection> => {
    const opened = await connectRedis({ ...options, clientName: `${options.clientName}-jobs` });
    void opened.lost.then(() => {
      if (connection === opened) connection = undefined;
    });
    if (closed) opened.destroy();
    return opened;
  };
  const watch = async (): Promise<void> => {
    connection ??= await connect();
    const seconds = String(longestJobWaitMs / 1000);
    const move = ['BLMOVE', waitingList, waitingList, 'RIGHT', 'RIGHT', seconds];
    try {
      await connection.command(move, longestJobWaitMs);
    } catch (error) {
      if (!closed) throw error;
    }
  };
  return {
    waitForJob: async (signal) => {
      if (signal.aborted || closed) return;
      watching ??= watch().finally(() => {
        watching = undefined;
      });
      await unlessAborted(watching, signal);
    },
    close: () => {
      closed = true;
      connection?.destroy();
    },
  };
};
