import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { type Api, startApi } from '../support/api.ts';
import { get, send } from '../support/send.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

describe('jobs', () => {
  it('are added from the address bar and by POST, and counted', async () => {
    const first = await get(api.url, '/enqueue?job=test-1');
    expect([first.status, first.body]).toEqual([200, { enqueued: 'test-1', id: expect.any(Number) }]);
    const second = await send(api.url, '/jobs', { job: 'größer & 🌲' });
    expect([second.status, second.body]).toEqual([201, { enqueued: 'größer & 🌲', id: first.body.id + 1 }]);
    const counts = await get(api.url, '/jobs');
    expect(counts.body).toEqual({ waiting: 2, running: 0, done: 0, failed: 0 });
    expect([first, counts].map(({ headers }) => headers.get('cache-control'))).toEqual([
      'no-store',
      'no-store',
    ]);
    const rows = await askDatabase(api.databaseUrl, 'select name from jobs order by id');
    expect(rows).toEqual([{ name: 'test-1' }, { name: 'größer & 🌲' }]);
  });

  it.each([
    '/enqueue',
    '/enqueue?job=',
    '/enqueue?job=%20',
    '/enqueue?job=a%1b[2J',
    '/enqueue?job=a%0aprocessed:%20b',
    '/enqueue?job=a%00',
    '/enqueue?job=a%c2%9b',
    '/enqueue?job=a&job=b',
    `/enqueue?job=${'x'.repeat(201)}`,
  ])('are refused with 400: %s', async (target) => {
    expect((await get(api.url, target)).status).toBe(400);
  });

  it.each([{}, { job: '' }, { job: 7 }, { job: 'a\u001b' }, { job: 'a', priority: 1 }, [], null])(
    'are refused with 400 as the body %j',
    async (body) => {
      const answer = await send(api.url, '/jobs', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'API_JOB_INVALID']);
    },
  );
});
