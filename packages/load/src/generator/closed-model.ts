import { setTimeout as sleep } from 'node:timers/promises';
import { createEnding, type ModelOptions, type RunningModel } from './model.ts';
import type { ClosedModel } from './thread-job.ts';

const until = async (atMs: number, signal: AbortSignal): Promise<void> => {
  const ms = atMs - performance.now();
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
};

/**
 * Runs users that each wait for a response before they go on. A change to fewer users ends those with the highest
 * numbers after their current request; a change to more spawns the missing ones from that moment.
 */
export const startClosedModel = (
  { userOf, thread, threads, scenario, choose, measurements, startMs, signal }: ModelOptions,
  first: ClosedModel,
): RunningModel => {
  const [leastMs, mostMs] = scenario.thinkTimeMs ?? [0, 0];
  // One controller for each user: a signal that is shared by all would search its list at each pause.
  const alive = new Map<number, AbortController>();
  const { ended, resolve, reject } = createEnding();
  let wanted = first.users;
  let spawning = new AbortController();

  const live = async (number: number, own: AbortSignal): Promise<void> => {
    const user = userOf(number);
    await user.open();
    measurements.increase('users');
    while (!own.aborted) {
      await choose(user.random()).run(user);
      if (mostMs === 0) continue;
      const dueMs = performance.now() + leastMs + user.random() * (mostMs - leastMs);
      await until(dueMs, own);
      user.due(dueMs);
    }
    measurements.increase('users', -1);
  };
  const begin = (number: number): void => {
    const own = new AbortController();
    alive.set(number, own);
    live(number, own.signal).then(() => {
      alive.delete(number);
      // A change ended this user, and a later one wants it again.
      if (!signal.aborted && number < wanted) begin(number);
      else if (signal.aborted && alive.size === 0) resolve();
    }, reject);
  };
  const spawn = async (spawnRate: number, fromMs: number, replaced: AbortSignal): Promise<void> => {
    let begun = 0;
    for (let number = thread; number < wanted; number += threads) {
      if (alive.has(number)) continue;
      await until(fromMs + ((begun * threads + thread) / spawnRate) * 1000, replaced);
      if (replaced.aborted) return;
      begun += 1;
      begin(number);
    }
  };

  signal.addEventListener('abort', () => {
    spawning.abort();
    for (const own of alive.values()) own.abort();
    if (alive.size === 0) resolve();
  });
  spawn(first.spawnRate, startMs, spawning.signal).catch(reject);
  return {
    ended,
    change(model) {
      if (model.kind !== 'closed' || signal.aborted) return;
      wanted = model.users;
      for (const [number, own] of alive) if (number >= wanted) own.abort();
      spawning.abort();
      spawning = new AbortController();
      spawn(model.spawnRate, performance.now(), spawning.signal).catch(reject);
    },
  };
};
