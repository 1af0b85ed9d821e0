import type { LoadUser } from './load-user.ts';
import { createEnding, type ModelOptions, type RunningModel } from './model.ts';
import type { OpenModel } from './thread-job.ts';

/**
 * Begins tasks at a rate per second, whether or not earlier ones have ended. A timer of 1 ms starts all that are due,
 * and the response time of each counts from the moment at which it was due. A task for which no connection is free is
 * dropped and counted.
 */
export const startOpenModel = (
  { userOf, thread, threads, choose, measurements, startMs, signal }: ModelOptions,
  first: OpenModel,
): RunningModel => {
  const { ended, resolve, reject } = createEnding();
  const free: LoadUser[] = [];
  let connections = 0;
  let busy = 0;
  let stepMs = (1000 / first.rate) * threads;
  let dueMs = startMs;

  const connect = (wanted: number): void => {
    for (let number = thread; number < wanted; number += threads) {
      if (number < connections) continue;
      const user = userOf(number);
      if (user.isOpen) free.push(user);
      else void user.open().then(() => free.push(user));
    }
    connections = Math.max(connections, wanted);
  };
  const run = (user: LoadUser): void => {
    user.due(dueMs);
    busy += 1;
    measurements.increase('users');
    choose(user.random())
      .run(user)
      .then(() => {
        measurements.increase('users', -1);
        busy -= 1;
        free.push(user);
        if (signal.aborted && busy === 0) resolve();
      })
      .catch(reject);
  };
  const tick = (): void => {
    if (signal.aborted) return;
    const nowMs = performance.now();
    for (; dueMs <= nowMs; dueMs += stepMs) {
      const user = free.pop();
      if (user) run(user);
      else measurements.increase('dropped');
    }
    setTimeout(tick, 1);
  };

  signal.addEventListener('abort', () => {
    if (busy === 0) resolve();
  });
  connect(first.connections);
  tick();
  return {
    ended,
    change(model) {
      if (model.kind !== 'open' || signal.aborted) return;
      connect(model.connections);
      stepMs = (1000 / model.rate) * threads;
      // After a low rate, the next task is not awaited.
      dueMs = Math.min(dueMs, performance.now() + stepMs);
    },
  };
};
