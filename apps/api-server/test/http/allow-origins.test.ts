import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { type Api, cat, startApi } from '../support/api.ts';

const gallery = 'https://gallery.example';
let open: Api;
let listed: Api;
let none: Api;
beforeAll(async () => {
  open = await startApi();
  listed = await startApi({ corsOrigins: [gallery, 'http://localhost:8082'] });
  none = await startApi({ corsOrigins: ['none'] });
});
afterAll(async () => {
  await open.stop();
  await listed.stop();
  await none.stop();
});

const exposed = 'ETag,Link,Location,X-Request-Id,X-Served-By,Retry-After';
const preflight = (api: Api, origin: string) =>
  supertest(api.url).options('/images.json').set({
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type',
  });

describe('allowOrigins', () => {
  it('answers a preflight with 204 and the allowed methods and headers', async () => {
    const { status, headers, text } = await preflight(open, gallery);
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,HEAD,POST',
      'access-control-allow-headers': 'Content-Type,Authorization,Idempotency-Key,If-None-Match',
      'access-control-max-age': '600',
    });
  });

  it.each(['null', gallery, 'http://localhost:8082'])(
    'allows pages of %s to read every answer by default',
    async (origin) => {
      for (const answer of [
        await supertest(open.url).get('/images.json').set('Origin', origin),
        await supertest(open.url).post('/images.json').set('Origin', origin).send(cat),
        await supertest(open.url).post('/images.json').set('Origin', origin).send('{'),
        await supertest(open.url).get('/nothing').set('Origin', origin),
        await supertest(open.url).delete('/images.json').set('Origin', origin),
      ]) {
        expect(answer.headers).toMatchObject({
          'access-control-allow-origin': '*',
          'access-control-expose-headers': exposed,
        });
      }
    },
  );

  it.each([
    [gallery, gallery],
    ['http://localhost:8082', 'http://localhost:8082'],
    ['https://evil.example', undefined],
    ['https://gallery.example.evil.example', undefined],
    ['http://gallery.example', undefined],
    ['null', undefined],
  ])(
    'with a list of origins, allows a page of %s the origin %s, and varies by Origin',
    async (origin, allowed) => {
      for (const path of ['/images.json', '/nothing']) {
        const { headers } = await supertest(listed.url).get(path).set('Origin', origin);
        expect(headers['access-control-allow-origin']).toBe(allowed);
        expect(headers['vary']).toMatch(/(^|, )Origin(,|$)/);
      }
      expect((await preflight(listed, origin)).headers['access-control-allow-origin']).toBe(allowed);
    },
  );

  it('varies by Origin even without an Origin header, so that caches do not share the answer', async () => {
    const { headers } = await supertest(listed.url).get('/images.json');
    expect(headers['vary']).toBe('Origin');
  });

  it('with none, sends no CORS header on answers, errors and preflights', async () => {
    const asked = await preflight(none, gallery);
    expect([asked.status, asked.text]).toEqual([204, '']);
    for (const { headers } of [
      asked,
      await supertest(none.url).get('/images.json').set('Origin', gallery),
      await supertest(none.url).post('/images.json').set('Origin', gallery).send(cat),
      await supertest(none.url).post('/images.json').set('Origin', gallery).send('{'),
      await supertest(none.url).get('/nothing').set('Origin', gallery),
      await supertest(none.url).delete('/images.json').set('Origin', gallery),
    ]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(headers['vary'] ?? '').not.toMatch(/Origin/);
    }
  });

  it.each(['open', 'listed'])('never allows credentials: %s', async (which) => {
    const api = which === 'open' ? open : listed;
    for (const answer of [
      await preflight(api, gallery),
      await supertest(api.url).get('/images.json').set('Origin', gallery),
    ]) {
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });
});
