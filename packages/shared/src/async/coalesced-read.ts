/**
 * Lets everyone who asks while a read runs share the next one: one query for many requests, and never an answer of a
 * query that had begun when the question came. So whoever asks after a write was confirmed sees it.
 *
 * A read that is due begins once everything that has arrived in this turn of the event loop has joined it. When it
 * fails, each of those who share it gets its error; the next read is another attempt.
 */
export const createCoalescedRead = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  /** Those who wait for a read that has not begun. */
  let waiting: PromiseWithResolvers<T> | undefined;
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
      waiting = Promise.withResolvers<T>();
      if (!running) setImmediate(() => void run());
    }
    return waiting.promise;
  };
};
