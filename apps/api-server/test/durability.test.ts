import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';

// The Postgres of the tests runs with fsync off.
describe('a copy whose database may lose committed data', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ allowUnsafeDurability: false });
  });
  afterAll(() => api.stop());

  it('refuses writes with API_DURABILITY_OFF and no Retry-After', async () => {
    const before = await supertest(api.url).get('/images.json');
    const { status, body, headers } = await supertest(api.url).post('/images.json').send(cat);
    expect([status, headers['retry-after']]).toEqual([503, undefined]);
    expect(body).toMatchObject({ code: 'API_DURABILITY_OFF' });
    expect(body.detail).not.toMatch(/fsync|synchronous/);
    const after = await supertest(api.url).get('/images.json');
    expect([after.status, after.headers['etag']]).toEqual([200, before.headers['etag']]);
  });

  it('still refuses invalid requests with 400', async () => {
    await expect(supertest(api.url).post('/images.json').send('{')).resolves.toMatchObject({ status: 400 });
  });

  it('is ready, and /readyz says why writes are refused', async () => {
    const { status, body } = await supertest(api.url).get('/readyz');
    expect([status, body]).toEqual([
      200,
      {
        status: 'ready',
        notes: { writes: 'refused: fsync, full_page_writes, synchronous_commit off' },
      },
    ]);
  });
});
