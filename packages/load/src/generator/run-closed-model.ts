import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurements } from '../measure/measurements.ts';
import type { Scenario, Task } from '../scenario/scenario.ts';
import type { LoadUser } from './load-user.ts';

export type ModelOptions = {
  readonly users: readonly LoadUser[];
  readonly scenario: Scenario;
  readonly choose: (random: number) => Task;
  readonly measurements: Measurements;
  /** The moment of `performance.now()` at which the run begins. */
  readonly startMs: number;
  /** Aborted at the end of the run. */
  readonly signal: AbortSignal;
};

const until = async (atMs: number, signal: AbortSignal): Promise<void> => {
  const ms = atMs - performance.now();
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
};

/** Runs users that each wait for a response before they go on. Resolves when all have ended. */
export const runClosedModel = async (
  { users, scenario, choose, measurements, startMs, signal }: ModelOptions,
  spawnRate: number,
): Promise<void> => {
  const [leastMs, mostMs] = scenario.thinkTimeMs ?? [0, 0];
  const live = async (user: LoadUser): Promise<void> => {
    await until(startMs + (user.number / spawnRate) * 1000, signal);
    if (signal.aborted) return;
    measurements.increase('users');
    while (!signal.aborted) {
      await choose(user.random()).run(user);
      if (mostMs === 0) continue;
      const dueMs = performance.now() + leastMs + user.random() * (mostMs - leastMs);
      await until(dueMs, signal);
      user.due(dueMs);
    }
    measurements.increase('users', -1);
  };
  await Promise.all(users.map(live));
};
