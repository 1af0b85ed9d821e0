import { afterEach, describe, expect, it } from '@jest/globals';
import { isRedisInstalled } from '@tripod/testing/test-redis';
import { waitFor } from '@tripod/testing/wait-for';
import { createPostgresJobStore, createRedisJobStore, type JobStore } from './support/job-store.ts';
import { killWorkers, runWorker, type WorkerProcess } from './support/run-worker.ts';

let store: JobStore | undefined;
afterEach(async () => {
  await killWorkers();
  await store?.close();
  store = undefined;
});

const startWorker = ({ args, env }: JobStore, ...more: readonly string[]): WorkerProcess =>
  runWorker(['--name', 'worker-1', ...args, ...more], env);

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

const describeWorker = (name: string, create: () => Promise<JobStore>): void => {
  it(`prints each job that it has done to stdout, and its log to stderr, with its jobs in ${name}`, async () => {
    store = await create();
    await store.jobs.enqueue('test-1');
    const worker = startWorker(store, '--work-ms', '0');
    await waitFor('the first job', () => worker.stdout() === 'processed: test-1\n');
    // The worker is waiting for the second job now.
    await store.jobs.enqueue('test-2\u001b[31m');
    await waitFor(
      'the second job',
      () => worker.stdout() === 'processed: test-1\nprocessed: test-2\ufffd[31m\n',
    );
    expect(worker.messages).toEqual([{ type: 'ready', faults: ['block'] }]);
    await waitFor('the log', () => worker.stderr().includes('waiting for jobs'));
    expect(await store.jobs.counts()).toEqual({ waiting: 0, running: 0, done: 2, failed: 0 });
  });

  it(`tries a job that throws three times and then leaves it failed, with its jobs in ${name}`, async () => {
    store = await create();
    await store.jobs.enqueue('fail-always');
    await store.jobs.enqueue('good');
    const worker = startWorker(store, '--work-ms', '0');
    await waitFor('the good job', () => worker.stdout() === 'processed: good\n');
    await waitFor('the log', () => worker.stderr().includes('a job failed for good'));
    expect(worker.stderr().match(/a job failed, and is tried again/g)).toHaveLength(2);
    expect(await store.jobs.counts()).toEqual({ waiting: 0, running: 0, done: 1, failed: 1 });
  });

  it(`fails a job that ten workers have been lost with, and does not start it, with its jobs in ${name}`, async () => {
    store = await create();
    const { jobs } = store;
    await jobs.enqueue('ends-its-worker');
    await jobs.take('worker-0', 1);
    for (let lost = 1; lost < 10; lost += 1) {
      await waitFor('the lease to expire', () => jobs.take('worker-0', 1));
    }
    await jobs.enqueue('good');
    const worker = startWorker(store, '--work-ms', '0');
    await waitFor('the good job', () => worker.stdout() === 'processed: good\n');
    await waitFor('the log', () => worker.stderr().includes('10 workers in a row ended or fell silent'));
    expect(await jobs.counts()).toEqual({ waiting: 0, running: 0, done: 1, failed: 1 });
  });

  it(`has a healthcheck that exits 0, with its jobs in ${name}`, async () => {
    store = await create();
    const check = runWorker(['healthcheck', ...store.args], store.env);
    await expect(check.ended).resolves.toBe(0);
  });

  it(`finishes its current job when it is asked to stop, with its jobs in ${name}`, async () => {
    store = await create();
    await store.jobs.enqueue('slow');
    await store.jobs.enqueue('left');
    const worker = startWorker(store, '--work-ms', '1500');
    const { jobs } = store;
    await waitFor('the job to run', async () => (await jobs.counts()).running === 1);
    worker.child.kill('SIGTERM');
    await expect(worker.ended).resolves.toBe(0);
    expect(worker.stdout()).toBe('processed: slow\n');
    expect(await jobs.counts()).toEqual({ waiting: 1, running: 0, done: 1, failed: 0 });
  });

  it(`keeps a job for longer than its lease by renewing it, with its jobs in ${name}`, async () => {
    store = await create();
    await store.jobs.enqueue('long');
    const workers = [startWorker(store, '--work-ms', '8000'), startWorker(store, '--work-ms', '8000')];
    await waitFor('the job', () => workers.some((worker) => worker.stdout() !== ''));
    expect(workers.map((worker) => worker.stdout()).join('')).toBe('processed: long\n');
    expect(workers.map((worker) => worker.stderr()).join('')).not.toContain('too late');
  });
};

describe('worker', () => {
  describeWorker('Postgres', createPostgresJobStore);

  it('runs as many jobs at the same time as --concurrency allows', async () => {
    store = await createPostgresJobStore();
    const { jobs } = store;
    await Promise.all(['1', '2', '3', '4'].map((name) => jobs.enqueue(name)));
    startWorker(store, '--work-ms', '3600000', '--concurrency', '3');
    await waitFor('three jobs to run', async () => (await jobs.counts()).running === 3);
    expect(await jobs.counts()).toMatchObject({ waiting: 1 });
  });

  it('leaves a job to other workers when it does not end in time after a signal', async () => {
    store = await createPostgresJobStore();
    const { jobs } = store;
    await jobs.enqueue('endless');
    const worker = startWorker(store, '--work-ms', '3600000', '--drain-timeout-ms', '10');
    await waitFor('the job to run', async () => (await jobs.counts()).running === 1);
    worker.child.kill('SIGTERM');
    await expect(worker.ended).resolves.toBe(0);
    expect(worker.stderr()).toContain('jobs under way are left to other workers');
  });

  it.each([
    [['--state-url', 'http://localhost'], 'STATE_URL must look like redis:'],
    [['--concurrency', '0'], '--concurrency must be a whole number from 1 to 100'],
  ])('refuses %j with one line and exit code 2', async (args, problem) => {
    const worker = runWorker(args);
    await expect(worker.ended).resolves.toBe(2);
    expect(worker.stderr()).toContain(problem);
    expect(worker.stderr().trim().split('\n')).toHaveLength(1);
  });
});

describeWithRedis('worker (skipped without redis-server)', () => {
  describeWorker('Redis', createRedisJobStore);

  it('processes a job that another program pushes to the list in Redis', async () => {
    const own = await createRedisJobStore();
    store = own;
    const { redis, jobs } = own;
    const worker = startWorker(store, '--work-ms', '0');
    await waitFor('the worker', () => worker.messages.length > 0);
    await redis.ask('LPUSH', 'jobs', 'x');
    await waitFor('the job', () => worker.stdout() === 'processed: x\n');
    expect(await jobs.counts()).toMatchObject({ waiting: 0, done: 1 });
  });

  it('starts while Redis is unavailable, goes on by itself when it is back, and survives its loss', async () => {
    const own = await createRedisJobStore();
    store = own;
    const { redis } = own;
    await redis.kill();
    const worker = startWorker(store, '--work-ms', '0');
    await waitFor('the worker', () => worker.messages.length > 0);
    for (const name of ['x', 'y']) {
      await redis.restart();
      await redis.ask('LPUSH', 'jobs', name);
      await waitFor('the job', () => worker.stdout().endsWith(`processed: ${name}\n`));
      await redis.kill();
      await waitFor('the loss', () => worker.stderr().trim().endsWith('retrying"}'));
    }
    expect(worker.stderr().match(/is not available/g)).toHaveLength(3);
    expect(worker.child.exitCode).toBeNull();
  });
});

it('the healthcheck of a worker exits 1 when its store does not answer', async () => {
  // Nothing listens on port 1.
  const check = runWorker(['healthcheck'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  await expect(check.ended).resolves.toBe(1);
  expect(check.stderr()).toContain('worker: The store of the jobs does not answer: ');
});
