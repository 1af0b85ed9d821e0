import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@tripod/shared/logging/logger';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';

let api: Api;
const requests: {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestId: string;
}[] = [];
const ask = () => supertest(api.url);

beforeAll(async () => {
  api = await startApi({ logger: { ...silentLogger, request: (line) => void requests.push(line) } });
});
afterAll(() => api.stop());

describe('createApiServer', () => {
  it.each([
    ['GET', '/images.json', 200],
    ['GET', '/images.json?indent=x', 400],
    ['POST', '/images.json', 400],
    ['DELETE', '/images.json', 405],
    ['OPTIONS', '/images.json', 204],
    ['GET', '/nothing', 404],
    ['GET', '/livez', 200],
    ['GET', '/readyz', 200],
    ['GET', '/metrics', 200],
    ['GET', '/', 200],
    ['GET', '/contagem-pessoas', 200],
    ['GET', '/openapi.json', 200],
  ])('answers with the request id, the name of the copy and nosniff: %s %s', async (method, path, status) => {
    const { port } = api;
    const bytes = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: my-request-${status}\r\n\r\n`;
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-request-id': `my-request-${status}`,
      'x-served-by': 'api-1',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });

  it('takes a profile only when profiles are on', async () => {
    await ask().get('/debug/pprof/profile?seconds=61').expect(404);
    const profiled = await startApi({ profile: true });
    try {
      const { body } = await supertest(profiled.url).get('/debug/pprof/profile?seconds=61').expect(400);
      expect(body).toMatchObject({ code: 'PROFILE_SECONDS_INVALID' });
    } finally {
      await profiled.stop();
    }
  });

  it('leaves out X-Served-By when the copy has no name to show', async () => {
    const nameless = await startApi({ servedBy: undefined });
    try {
      const { headers } = await supertest(nameless.url).get('/images.json');
      expect(headers['x-served-by']).toBeUndefined();
    } finally {
      await nameless.stop();
    }
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'])(
    'answers 405 to %s with the allowed methods',
    async (method) => {
      const bytes = `${method} /images.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      const { status, headers, body } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
      expect(JSON.parse(body)).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
    },
  );

  it.each(['/livez', '/readyz', '/metrics'])('answers 405 to POST %s', async (path) => {
    const { status, headers } = await ask().post(path).send('x');
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it.each([
    '/images',
    '/images.json/',
    '/Images.json',
    '/api/images.json',
    '/api',
    '//images.json',
    '/images%2Ejson',
    '/%',
  ])('answers 404 to %s', async (path) => {
    const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const { status, headers, body } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect(JSON.parse(body)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('answers a target in absolute form', async () => {
    await ask().post('/images.json').send(cat);
    const bytes = 'GET http://x/images.json?indent=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const { status, body } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
    expect(status).toBe(200);
    expect(body).toMatch(/^\[\n \{/);
  });

  it('answers a browser with an HTML error page', async () => {
    const { status, type, text } = await ask().get('/nothing').set('Accept', 'text/html');
    expect([status, type]).toEqual([404, 'text/html']);
    expect(text).toContain('NOT_FOUND');
  });

  it('indents errors when the indent is valid', async () => {
    expect((await ask().get('/nothing?indent=2')).text).toMatch(/^\{\n {2}"type"/);
    expect((await ask().get('/nothing?indent=99')).text).toMatch(/^\{"type"/);
  });

  it('writes one log line for each request', async () => {
    requests.length = 0;
    await ask().get('/images.json?indent=2').set('X-Request-Id', 'request-one');
    await ask().post('/images.json').send('{').set('X-Request-Id', 'request-two');
    await waitFor('both log lines', () => requests.length === 2);
    expect(requests).toEqual([
      expect.objectContaining({
        method: 'GET',
        url: '/images.json?indent=2',
        status: 200,
        requestId: 'request-one',
      }),
      expect.objectContaining({ method: 'POST', url: '/images.json', status: 400, requestId: 'request-two' }),
    ]);
  });

  it('counts requests in its metrics', async () => {
    await ask().get('/images.json');
    const { text } = await ask().get('/metrics');
    expect(text).toMatch(/^http_requests_total\{method="GET",status="200"\} [1-9]/m);
    expect(text).toContain('http_request_duration_seconds_bucket');
  });

  it('exposes no internals in the answer to an unexpected failure', async () => {
    await api.database.knex.raw('alter table images rename to hidden_images');
    try {
      const { status, body, text } = await ask().get('/images.json');
      expect([status, (body as { code: string }).code]).toEqual([500, 'INTERNAL_ERROR']);
      expect(text).not.toMatch(/images"|select|relation/i);
      expect((await ask().get('/livez')).status).toBe(200);
    } finally {
      await api.database.knex.raw('alter table hidden_images rename to images');
    }
    expect((await ask().get('/images.json')).status).toBe(200);
  });

  it('answers /readyz with 503 and other requests as usual while it drains', async () => {
    const draining = await startApi();
    draining.readiness.startDraining();
    const answer = await supertest(draining.url).get('/readyz');
    expect([answer.status, answer.body]).toEqual([
      503,
      { status: 'not ready', reasons: { process: 'draining' } },
    ]);
    expect((await supertest(draining.url).post('/images.json').send(cat)).status).toBe(200);
    await draining.stop();
  });
});
