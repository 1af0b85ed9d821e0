import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { isRedisInstalled } from '@tripod/testing/test-redis';
import { waitFor } from '@tripod/testing/wait-for';
import { createPostgresJobStore, createRedisJobStore, type JobStore } from './support/job-store.ts';
import { killWorkers, runWorker } from './support/run-worker.ts';

let store: JobStore | undefined;
afterEach(async () => {
  await killWorkers();
  await store?.close();
  store = undefined;
});

const jobCount = 2000;
/** Pause between two kills. */
const killEveryMs = 1000;
/** A guard for busy machines, where one worker needs many seconds to start. */
const testTimeoutMs = 300_000;

const killWorkersAtWork = async ({ jobs, args, env, effects }: JobStore): Promise<void> => {
  const names = Array.from({ length: jobCount }, (_, at) => `job-${at}`);
  await Promise.all(names.map((name) => jobs.enqueue(name)));
  let started = 0;
  const start = () => {
    started += 1;
    const more = ['--name', `worker-${started}`, '--work-ms', '15', '--concurrency', '4'];
    return runWorker([...args, ...more], env);
  };
  const workers = [start(), start(), start()];
  await waitFor('the workers', () => workers.every(({ messages }) => messages.length > 0));
  let kills = 0;
  for (let left = jobCount; left > jobCount / 10; ) {
    await pause(systemClock, killEveryMs);
    // The worker that has been running for the longest time.
    const oldest = workers.findIndex(({ messages }) => messages.length > 0);
    if (oldest >= 0) {
      workers.splice(oldest, 1)[0]?.child.kill('SIGKILL');
      workers.push(start());
      kills += 1;
    }
    const { waiting, running } = await jobs.counts();
    left = waiting + running;
  }
  // 5 s for the leases of the last one, 2 s for the next look at them, and the work; more on a busy machine.
  await waitFor('the last job', async () => (await jobs.counts()).done === jobCount);
  expect(kills).toBeGreaterThan(2);
  expect(await jobs.counts()).toEqual({ waiting: 0, running: 0, done: jobCount, failed: 0 });
  expect((await effects()).toSorted()).toEqual(names.toSorted());
};

describe('2,000 jobs and three workers, one of which is killed every second', () => {
  it(
    'have each their effect exactly once, in Postgres',
    async () => {
      store = await createPostgresJobStore();
      await killWorkersAtWork(store);
    },
    testTimeoutMs,
  );

  const itWithRedis = isRedisInstalled() ? it : it.skip;
  itWithRedis(
    'have each their effect exactly once, in Redis (skipped without redis-server)',
    async () => {
      store = await createRedisJobStore();
      await killWorkersAtWork(store);
    },
    testTimeoutMs,
  );
});
