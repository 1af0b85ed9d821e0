import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { systemClock } from '../../src/async/clock.ts';
import { createReadiness } from '../../src/http/readiness.ts';
import { createStoppableServer, type StoppableServer } from '../../src/http/stoppable-server.ts';

const servers: StoppableServer[] = [];

const start = async (handler: RequestListener): Promise<{ port: number; server: StoppableServer }> => {
  const server = createStoppableServer(handler, { readiness: createReadiness(), clock: systemClock });
  servers.push(server);
  return { port: (await server.listen({ host: '127.0.0.1', port: 0 })).port, server };
};

const sayHello: RequestListener = (_request, response) => void response.end('hello');

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop({ drainDelayMs: 0, graceMs: 0 })));
});

describe('createClientErrorListener', () => {
  it.each([
    ['a NUL in the target', 'GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['something that is not HTTP', 'hello\r\n\r\n', 400, 'REQUEST_INVALID'],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'REQUEST_INVALID',
    ],
    [
      'a head of more than 16 KiB',
      `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${'c'.repeat(20_000)}\r\n\r\n`,
      431,
      'REQUEST_HEAD_TOO_LARGE',
    ],
  ])('answers %s with a problem and closes', async (_what, bytes, status, code) => {
    const { port } = await start(sayHello);
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'content-length': String(answer.body.length),
      connection: 'close',
    });
    expect(JSON.parse(answer.body)).toMatchObject({
      status,
      code,
      requestId: answer.headers['x-request-id'],
    });
  });

  it('answers a head that never ends with 408', async () => {
    const { port, server } = await start(sayHello);
    server.server.headersTimeout = 1;
    const answer = parseRawResponse(await exchangeRaw({ port, bytes: 'GET / HTTP/1.1\r\nHost: x\r\n' }));
    expect(answer.status).toBe(408);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  it('answers a body that never ends with 408, through the response of its request', async () => {
    const { port, server } = await start((request, response) => {
      response.setHeader('X-Request-Id', 'request-of-this-test');
      request.on('error', () => undefined).resume();
    });
    server.server.headersTimeout = 1;
    server.server.requestTimeout = 1;
    const bytes = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab';
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(answer.status).toBe(408);
    expect(answer.headers).toMatchObject({ connection: 'close', 'x-request-id': 'request-of-this-test' });
  });

  it('sends the answer of an earlier request first, then refuses what followed it', async () => {
    let answerFirst = (): void => undefined;
    const { port, server } = await start((_request, response) => {
      answerFirst = () => void response.end('the first');
    });
    server.server.on('clientError', () => answerFirst());
    const bytes = 'GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /a\0b HTTP/1.1\r\n\r\n';
    const received = await exchangeRaw({ port, bytes });
    const [first = '', second = ''] = received.split(/(?=HTTP\/1\.1 400)/);
    expect(parseRawResponse(first)).toMatchObject({ status: 200, body: 'the first' });
    expect(parseRawResponse(second).status).toBe(400);
  });

  it('cuts a connection whose answer has begun', async () => {
    const { port } = await start((_request, response) => {
      response.writeHead(200, { 'Content-Length': 10 });
      response.write('begun');
    });
    const bytes = [
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n',
      'not a chunk size\r\n',
    ];
    const received = await exchangeRaw({ port, bytes });
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(parseRawResponse(received)).toMatchObject({ status: 200, body: 'begun' });
  });
});
