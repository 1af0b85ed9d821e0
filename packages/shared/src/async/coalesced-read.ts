import { createDeferred, type Deferred } from './deferred.ts';

/**
 * Coalesces concurrent reads: calls that arrive while a read is running share the next one, so that many requests cost
 * one query. A call never gets the result of a read that began before it, so it sees every write that was confirmed
 * earlier.
 *
 * A read begins after the current turn of the event loop, so that all calls of that turn join it. When it fails, every
 * call that shares it rejects with its error; the next read is a new attempt.
 */
export const createCoalescedRead = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  /** Shared by the calls that wait for the next read; undefined when there are none. */
  let waiting: Deferred<T> | undefined;
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    while (waiting !== undefined) {
      const { resolve, reject } = waiting;
      waiting = undefined;
      try {
        resolve(await read());
      } catch (error) {
        reject(error);
      }
    }
    running = false;
  };

  return () => {
    if (waiting === undefined) {
      waiting = createDeferred<T>();
      if (!running) setImmediate(() => void run());
    }
    return waiting.promise;
  };
};
