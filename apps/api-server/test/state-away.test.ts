import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isRedisInstalled, startTestRedis, type TestRedis } from '@tripod/testing/test-redis';
import { waitFor } from '@tripod/testing/wait-for';
import { type Api, startApi } from './support/api.ts';
import { get, send } from './support/send.ts';

let redis: TestRedis;
let api: Api;
let other: Api;

const statePaths = ['/', '/set?key=color&value=blue', '/get?key=color', '/enqueue?job=x', '/jobs'];
const statusesOf = (paths: readonly string[]): Promise<readonly number[]> =>
  Promise.all(paths.map(async (path) => (await get(api.url, path)).status));

const expectOnlyStateAway = async (): Promise<void> => {
  for (const path of statePaths) {
    const answer = await get(api.url, path);
    expect([path, answer.status, answer.body.code]).toEqual([path, 503, 'API_STATE_UNAVAILABLE']);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
  expect((await send(api.url, '/jobs', { job: 'x' })).status).toBe(503);
  expect(await statusesOf(['/images.json', '/books', '/livez'])).toEqual([200, 200, 200]);
  const ready = await get(api.url, '/readyz');
  expect([ready.status, ready.body.notes]).toEqual([200, { state: expect.any(String) }]);
};

const healed = () =>
  waitFor('the state to be available', async () => {
    const { body } = await get(api.url, '/readyz');
    return body.notes?.state === undefined;
  });

const describeWithRedis = isRedisInstalled() ? describe : describe.skip;

describeWithRedis('api-server with its state in Redis (skipped without redis-server)', () => {
  beforeEach(async () => {
    redis = await startTestRedis();
    api = await startApi({ stateUrl: redis.url });
    other = await startApi({ stateUrl: redis.url, besides: api });
  });
  afterEach(async () => {
    await other.stop();
    await api.stop();
    await redis.stop();
  });

  it('shares sessions, keys and jobs between copies, and has the jobs in the list jobs', async () => {
    const first = await get(api.url, '/');
    const cookie = first.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const second = await fetch(other.url, { headers: { cookie } });
    expect(await second.json()).toMatchObject({
      session_id: first.body.session_id,
      session_count: 2,
      global_count: 2,
    });
    await get(api.url, '/set?key=color&value=blue');
    expect((await get(other.url, '/get?key=color')).body).toEqual({ key: 'color', value: 'blue' });
    await get(api.url, '/enqueue?job=x');
    expect(await redis.ask('LLEN', 'jobs')).toBe(':1\r\n');
    await redis.ask('LPUSH', 'jobs', 'y');
    expect((await get(other.url, '/jobs')).body).toMatchObject({ waiting: 2 });
  });

  it('answers 503 for these paths only while Redis is unavailable, and goes on when it is back', async () => {
    await get(api.url, '/');
    await redis.kill();
    await expectOnlyStateAway();
    await redis.restart();
    await healed();
    expect(await statusesOf(statePaths)).toEqual([200, 200, 200, 200, 200]);
    expect((await get(api.url, '/')).body.global_count).toBe(3);
  });

  it('answers 503 for these paths only while Redis hangs, and goes on when it is back', async () => {
    redis.freeze();
    await expectOnlyStateAway();
    redis.thaw();
    await healed();
    expect(await statusesOf(['/', '/jobs'])).toEqual([200, 200]);
  });
});
