import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';

// The Postgres of the tests has fsync off, as one that people measured with might.
describe('a copy whose database may lose what it confirms', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ allowUnsafeDurability: false });
  });
  afterAll(() => api.stop());

  it('writes nothing, with a code of its own and no Retry-After', async () => {
    const before = await supertest(api.url).get('/images.json');
    const { status, body, headers } = await supertest(api.url).post('/images.json').send(cat);
    expect([status, headers['retry-after']]).toEqual([503, undefined]);
    expect(body).toMatchObject({ code: 'API_DURABILITY_OFF' });
    expect(body.detail).not.toMatch(/fsync|synchronous/);
    const after = await supertest(api.url).get('/images.json');
    expect([after.status, after.headers['etag']]).toEqual([200, before.headers['etag']]);
  });

  it('still refuses what is wrong by itself', async () => {
    await expect(supertest(api.url).post('/images.json').send('{')).resolves.toMatchObject({ status: 400 });
  });

  it('is ready, and tells why it does not write', async () => {
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
