import type { LoadUser } from './load-user.ts';
import type { ModelOptions } from './run-closed-model.ts';

/**
 * Begins tasks at a constant rate per second, whether or not earlier ones have ended. A timer of 1 ms starts all that
 * are due, and the response time of each counts from the moment at which it was due. A task for which no connection is
 * free is dropped and counted. Resolves when all tasks have ended.
 */
export const runOpenModel = (
  { users, choose, measurements, startMs, signal }: ModelOptions,
  rate: number,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const free = [...users];
    const stepMs = 1000 / rate;
    let begun = 0;
    const run = (user: LoadUser, dueMs: number): void => {
      user.due(dueMs);
      measurements.increase('users');
      choose(user.random())
        .run(user)
        .then(() => {
          measurements.increase('users', -1);
          free.push(user);
          if (signal.aborted && free.length === users.length) resolve();
        })
        .catch(reject);
    };
    const tick = (): void => {
      if (signal.aborted) {
        if (free.length === users.length) resolve();
        return;
      }
      const nowMs = performance.now();
      for (let dueMs = startMs + begun * stepMs; dueMs <= nowMs; dueMs = startMs + begun * stepMs) {
        begun += 1;
        const user = free.pop();
        if (user) run(user, dueMs);
        else measurements.increase('dropped');
      }
      setTimeout(tick, 1);
    };
    tick();
  });
