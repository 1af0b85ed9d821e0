import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@tripod/shared/logging/logger';
import type { RequestLine } from '@tripod/shared/logging/request-line';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import supertest from 'supertest';
import { type Api, cat, startApi } from '../support/api.ts';

const lines: RequestLine[] = [];
let api: Api;
beforeAll(async () => {
  api = await startApi({
    logger: { ...silentLogger, request: (line) => void lines.push(line) },
    corsOrigins: ['https://a.example', 'https://b.example'],
  });
});
beforeEach(async () => {
  await api.empty();
  lines.length = 0;
});
afterAll(() => api.stop());

const origins = [undefined, 'https://a.example', 'https://b.example', 'https://c.example', 'null'];
/** The headers that every answer has in common. */
const common = async (path: string, origin: string | undefined): Promise<readonly (string | undefined)[]> => {
  const from = origin === undefined ? '' : `Origin: ${origin}\r\n`;
  const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: the-same-id\r\n${from}Connection: close\r\n\r\n`;
  const { headers } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
  return [
    'access-control-allow-origin',
    'access-control-expose-headers',
    'access-control-allow-credentials',
    'vary',
    'x-served-by',
    'x-request-id',
    'x-powered-by',
  ].map((name) => headers[name]);
};

describe('an operation in front of the middleware', () => {
  it.each(origins)('answers with the headers of other routes, for a page of %s', async (origin) => {
    const fast = await common('/images.json', origin);
    await expect(common('/livez', origin)).resolves.toEqual(fast);
    const allowed = origin === 'https://a.example' || origin === 'https://b.example';
    expect(fast[0]).toBe(allowed ? origin : undefined);
    expect(fast.slice(3, 6)).toEqual(['Origin', 'api-1', 'the-same-id']);
  });

  it.each(origins)('answers errors with the headers of other routes, for a page of %s', async (origin) => {
    const failed = await common('/images.json?indent=x', origin);
    await expect(common('/nothing', origin)).resolves.toEqual(failed);
  });

  it('sends each of its headers once', async () => {
    const bytes = 'GET /images.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const text = await exchangeRaw({ port: api.port, bytes });
    const names = text
      .slice(0, text.indexOf('\r\n\r\n'))
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]?.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['GET', '/images.json', '', { status: 200, bytes: 2 }],
    ['HEAD', '/images.json', '', { status: 200, bytes: 0 }],
    ['GET', '/images.json?indent=x', '', { status: 400, bytes: expect.any(Number) }],
    ['GET', '/images.json', 'If-None-Match: *\r\n', { status: 304, bytes: 0 }],
    ['DELETE', '/images.json', '', { status: 405, bytes: expect.any(Number) }],
  ])('writes one log line for %s %s (%j)', async (method, url, header, rest) => {
    const bytes = `${method} ${url} HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-1\r\n${header}Connection: close\r\n\r\n`;
    await exchangeRaw({ port: api.port, bytes });
    await waitFor('the log line', () => lines.length > 0);
    expect(lines).toEqual([{ method, url, requestId: 'request-1', durationMs: expect.any(Number), ...rest }]);
  });

  it('logs the bytes of non-ASCII text as they are sent', async () => {
    const image = { ...cat, title: 'Größe 猫 🐈' };
    await supertest(api.url).post('/images.json').send(image);
    const { text } = await supertest(api.url).get('/images.json');
    expect(JSON.parse(text)).toEqual([image]);
    await waitFor('both log lines', () => lines.length === 2);
    expect(lines.map(({ bytes }) => bytes)).toEqual([
      Buffer.byteLength(JSON.stringify(image)),
      Buffer.byteLength(text),
    ]);
  });

  it('logs 499 when the client leaves before the answer', async () => {
    const trx = await api.database.knex.transaction();
    try {
      await trx.raw('lock table images');
      const client = connect(api.port, '127.0.0.1');
      client.write('GET /images.json HTTP/1.1\r\nHost: x\r\n\r\n');
      const metrics = async () => (await fetch(`${api.url}/metrics`)).text();
      await waitFor('the request', async () => /in_flight 2$/m.test(await metrics()));
      client.resetAndDestroy();
      // A later request has been answered, so the server has also seen the reset.
      await metrics();
    } finally {
      await trx.rollback();
    }
    const ofList = () => lines.filter(({ url }) => url === '/images.json');
    await waitFor('the log line', () => ofList().length > 0);
    expect(ofList()).toMatchObject([{ status: 499, bytes: 0 }]);
  });

  it('answers pipelined requests in their order, each with its own answer', async () => {
    const one = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n`;
    const bytes = `${one('/images.json')}\r\n${one('/livez')}\r\n${one('/images.json?indent=x')}Connection: close\r\n\r\n`;
    const text = await exchangeRaw({ port: api.port, bytes });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(text).toMatch(/\r\n\r\n\[\]HTTP\/1\.1 200 [\s\S]*"live"/);
  });

  it('carries out pipelined requests in turn, so that a list has what the request before it added', async () => {
    const body = JSON.stringify({ title: 'Pipelined', alt_text: 'First of two', url: '/images/owl.svg' });
    const bytes = [
      `POST /images.json HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      'GET /images.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ].join('');
    const [, , list = ''] = (await exchangeRaw({ port: api.port, bytes })).split('HTTP/1.1 200 OK');
    expect(list).toContain('Pipelined');
  });

  it('answers with Connection: close while the copy is draining', async () => {
    const other = await startApi();
    try {
      other.readiness.startDraining();
      const { headers, status } = await supertest(other.url).get('/images.json');
      expect([status, headers['connection']]).toEqual([200, 'close']);
      expect(headers).toMatchObject({ 'x-served-by': 'api-1', etag: expect.any(String) });
    } finally {
      await other.stop();
    }
  });
});
