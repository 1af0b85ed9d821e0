import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { type Logger, silentLogger } from '@tripod/shared/logging/logger';
import { parseStateUrl } from '@tripod/state/redis/parse-state-url';
import { createRedisStore } from '@tripod/state/redis/redis-store';
import type { StateStore } from '@tripod/state/store/state-store';
import { isRedisInstalled, startTestRedis, type TestRedis } from '@tripod/testing/test-redis';
import { takeUnresponsivePort } from '@tripod/testing/unresponsive-port';
import { waitFor } from '@tripod/testing/wait-for';

const unavailable = {
  code: 'API_STATE_UNAVAILABLE',
  status: 503,
  headers: { 'Retry-After': expect.stringMatching(/^\d+$/) },
};

const createStore = (url: string, lines: string[]): StateStore => {
  const keep =
    (level: string): Logger['info'] =>
    (message) =>
      void lines.push(`${level}: ${message}`);
  const logger = { ...silentLogger, info: keep('info'), warn: keep('warn'), error: keep('error') };
  return createRedisStore({
    address: parseStateUrl(url),
    clientName: 'outage-test',
    logger,
    clock: systemClock,
    random: Math.random,
    createUuid: randomUUID,
  });
};

const expectAllUnavailable = async (store: StateStore): Promise<void> => {
  const job = { id: 1, name: 'x', failedTries: 0, lostLeases: 0, lease: randomUUID() };
  await Promise.all(
    [
      store.visits.visit(undefined),
      store.keys.set('a', 'b'),
      store.keys.get('a'),
      store.jobs.enqueue('x'),
      store.jobs.counts(),
      store.jobs.take('worker-1', 1000),
      store.jobs.renew(job, 1000),
      store.jobs.complete(job),
      store.jobs.fail(job, 'reason'),
    ].map((use) => expect(use).rejects.toMatchObject(unavailable)),
  );
};

const healed = (store: StateStore): Promise<boolean> =>
  waitFor('the store to heal', () => store.reason() === undefined);

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('state in Redis (skipped without redis-server)', () => {
  let redis: TestRedis;
  let store: StateStore;
  let lines: string[];
  beforeEach(async () => {
    redis = await startTestRedis();
    lines = [];
    store = createStore(redis.url, lines);
    await store.start();
  });
  afterEach(async () => {
    await store.close();
    await redis.stop();
  });

  it('when Redis is killed: every call answers 503, and the counters continue after its return', async () => {
    const before = await store.visits.visit(undefined);
    await store.jobs.enqueue('kept');
    await redis.kill();
    await expectAllUnavailable(store);
    await expectAllUnavailable(store);
    expect(store.reason()).toEqual(expect.any(String));
    await redis.restart();
    await healed(store);
    expect(await store.visits.visit(before.sessionId)).toEqual({
      ...before,
      sessionCount: before.sessionCount + 1,
      globalCount: before.globalCount + 1,
    });
    expect(await store.jobs.take('worker-1', 1000)).toMatchObject({ name: 'kept' });
    const at = `Redis at 127.0.0.1:${redis.port}`;
    expect(lines).toEqual([
      `info: the ${at} is ready`,
      expect.stringMatching(`^warn: the ${at} is not available: .*; retrying$`),
      `info: the ${at} is available again`,
    ]);
  });

  it('when Redis hangs: running and later calls answer 503, and it recovers', async () => {
    await store.keys.set('color', 'blue');
    redis.freeze();
    // More than may wait: the rest is refused without being queued.
    const many = Array.from({ length: 3000 }, () => store.keys.get('color'));
    const outcomes = await Promise.allSettled(many);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    await expectAllUnavailable(store);
    redis.thaw();
    await healed(store);
    expect(await store.keys.get('color')).toBe('blue');
    expect(lines).toHaveLength(3);
  });

  it('when Redis hangs: this is noticed even without calls', async () => {
    redis.freeze();
    await waitFor('the store to notice', () => store.reason());
    expect(store.reason()).toBe('no answer within 700 ms');
    redis.thaw();
  });

  it('when Redis forgets its scripts: they are sent again', async () => {
    await store.visits.visit(undefined);
    expect(await redis.ask('SCRIPT', 'FLUSH')).toContain('+OK');
    expect(await store.visits.visit(undefined)).toMatchObject({ globalCount: 2 });
  });

  it('when the memory of Redis is full: writes answer 503 and reads go on', async () => {
    await store.keys.set('color', 'blue');
    await redis.ask('CONFIG', 'SET', 'maxmemory', '1');
    await expect(store.keys.set('color', 'red')).rejects.toMatchObject(unavailable);
    await expect(store.visits.visit(undefined)).rejects.toMatchObject(unavailable);
    expect(await store.keys.get('color')).toBe('blue');
    expect(store.reason()).toBeUndefined();
  });

  it('a waiting worker gets a job that another program pushes to the list', async () => {
    const waiting = store.jobs.waitForJob(new AbortController().signal);
    await redis.ask('LPUSH', 'jobs', 'x');
    await waiting;
    expect(await store.jobs.counts()).toMatchObject({ waiting: 1 });
    const taken = await store.jobs.take('worker-1', 1000);
    expect(taken).toMatchObject({ id: undefined, name: 'x', failedTries: 0 });
    expect(taken && (await store.jobs.fail(taken, 'reason'))).toBe('retried');
    expect(await store.jobs.take('worker-1', 1000)).toMatchObject({ name: 'x', failedTries: 1 });
  });

  it.each(['{"id":1}', '{', 'null', '7', '{"job":null}'])(
    'a pushed element %s that is no job of ours is the name of a job',
    async (element) => {
      await redis.ask('LPUSH', 'jobs', JSON.stringify(element));
      expect(await store.jobs.take('worker-1', 1000)).toMatchObject({ id: undefined, name: element });
    },
  );

  it('closing while a worker waits ends its wait', async () => {
    const waiting = store.jobs.waitForJob(new AbortController().signal);
    await waitFor('the wait to begin', async () =>
      (await redis.ask('CLIENT', 'LIST')).includes('cmd=blmove'),
    );
    await store.close();
    await waiting;
  });
});

describe('state in Redis, at the start', () => {
  it('a Redis that is not there does not keep the process from starting', async () => {
    const silent = await takeUnresponsivePort();
    const lines: string[] = [];
    const store = createStore(silent.url.replace('http', 'redis'), lines);
    try {
      await store.start();
      expect(lines).toEqual([expect.stringContaining('is not available')]);
      await expectAllUnavailable(store);
    } finally {
      await store.close();
      silent.release();
    }
  });
});
