import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../../src/engine-table.ts';
import { ask, json } from '../../support/ask.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { sendAllThenRead } from '../../support/send-all.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `X-${index}: y\r\n`).join('');

describe.each(engineNames)('refusals of the engine %s', (engine) => {
  const start = async (route?: (url: string) => readonly string[]) => {
    const upstream = await runUpstream();
    const proxy = await runProxy({
      engine,
      route: route?.(upstream.url) ?? routeTo(upstream),
      maxBodyBytes: 100_000,
    });
    return { upstream, ...proxy };
  };

  it.each([
    ['two Host lines', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
    ['no Host', 'GET / HTTP/1.1\r\nAccept: x\r\n\r\n', 400],
    ['an invalid Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['another host in the target', 'GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx', 400],
    ['a list of lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx', 400],
    ['a length with a sign', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx', 400],
    ['a hexadecimal length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx', 400],
    ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    [
      'an invalid chunk size',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n\r\n',
      400,
    ],
    ['a broken chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n', 400],
    ['bare line feeds', 'GET /x\nHost: a\r\nContent-Length: 5\r\n\r\nhello', 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['HTTP/2', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 400],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400],
    ['a bare CR in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n', 400],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n', 400],
    ['a NUL in the path', 'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an invalid method', 'G=T / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['101 header lines', `GET / HTTP/1.1\r\nHost: a\r\n${lines(100)}\r\n`, 431],
    ['1,500 header lines', `GET / HTTP/1.1\r\nHost: a\r\n${lines(1200)}\r\n`, 431],
    ['a head of 17 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['a URL of 9 KB', `GET /${'x'.repeat(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', 405],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['a body over the limit', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n`, 413],
  ])('answers %s with one problem, and closes the connection', async (_what, bytes, status) => {
    const { port, upstream, log } = await start();
    const answer = parseRawResponse(
      await exchangeRaw({ port, bytes: `${bytes}GET /second HTTP/1.1\r\nHost: a\r\n\r\n` }),
    );
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      connection: 'close',
      'content-type': 'application/problem+json',
      'content-length': String(answer.body.length),
    });
    expect(JSON.parse(answer.body)).toMatchObject({ status, requestId: answer.headers['x-request-id'] });
    expect(upstream.requests.map(({ target }) => target)).not.toContain('/second');
    await waitFor('the line in the log', () => log.requests.length > 0);
    expect(log.requests.map(({ status: logged }) => logged)).toEqual([status]);
  });

  it.each([
    'gzip, chunked',
    'chunked, gzip',
    'identity',
    'chunked, chunked',
    'xchunked',
    '"chunked"',
    'chunked;x=y',
    'gzip\r\nTransfer-Encoding: chunked',
  ])('does not forward a request with Transfer-Encoding: %j', async (coding) => {
    const { port, upstream } = await start();
    const bytes = `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ${coding}\r\n\r\n0\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n`;
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect([400, 501]).toContain(answer.status);
    expect(upstream.requests).toEqual([]);
  });

  it('accepts 100 header lines and a URL of 8 KiB', async () => {
    const { port } = await start();
    const many = `GET / HTTP/1.1\r\nHost: a\r\n${lines(98)}Connection: close\r\n\r\n`;
    expect(parseRawResponse(await exchangeRaw({ port, bytes: many })).status).toBe(200);
    const long = `GET /${'x'.repeat(8_191)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    expect(parseRawResponse(await exchangeRaw({ port, bytes: long })).status).toBe(200);
  });

  it.each([
    ['/api/../admin', 400],
    ['/api/%2e%2e/admin', 400],
    ['/a%2fb', 200],
    ['/api%2fb', 400],
    ['/a\\b', 400],
    ['/a%5Cb', 400],
    ['/a%00', 400],
    ['/a%', 400],
    ['/a#b', 400],
    ['//evil.example/', 400],
    ['/api//evil.example/', 400],
    ['http://a/a?b', 200],
    ['/a//b', 200],
    ['/livez', 404],
    ['/debug/pprof/profile?seconds=61', 404],
    ['/debug//pprof/heap', 404],
    ['/api/Metrics/', 404],
  ])('answers the path %s with %i, and forwards it unchanged or not at all', async (target, status) => {
    const { port, upstream } = await start((url) => [`/api/=${url}`, `/=${url}`]);
    const bytes = `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    expect(parseRawResponse(await exchangeRaw({ port, bytes })).status).toBe(status);
    expect(upstream.requests.map((request) => request.target)).toEqual(
      status === 200 ? [target.replace('http://a', '')] : [],
    );
  });

  it('redirects a route without its slash for every method, without waiting for a body', async () => {
    const { port } = await start((url) => [`/api/=${url}`]);
    const bytes = 'POST /api?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(answer.status).toBe(308);
    expect(answer.headers).toMatchObject({ location: '/api/?a=b', connection: 'close' });
  });

  it('answers OPTIONS * itself', async () => {
    const { port, upstream } = await start();
    const bytes = 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answer = parseRawResponse(await exchangeRaw({ port, bytes }));
    expect(answer.status).toBe(204);
    expect(answer.headers['allow']).toContain('POST');
    expect(upstream.requests).toEqual([]);
  });

  it.each(['length', 'chunks'])(
    'answers 413 to a large body by %s, also to a client that sends all of it',
    async (how) => {
      const { port, upstream } = await start();
      const piece = 'x'.repeat(50_000);
      const framing = how === 'length' ? 'Content-Length: 2000000' : 'Transfer-Encoding: chunked';
      const pieces = new Array<string>(40).fill(how === 'length' ? piece : `c350\r\n${piece}\r\n`);
      const bytes = [`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`, ...pieces];
      const answer = parseRawResponse(await sendAllThenRead(port, bytes));
      expect(answer.status).toBe(413);
      expect(answer.headers['connection']).toBe('close');
      expect(upstream.requests).toEqual([]);
    },
  );

  it('accepts a body of exactly the limit', async () => {
    const proxy = await start();
    for (const body of ['x'.repeat(100_000), ['x'.repeat(60_000), 'x'.repeat(40_000)]]) {
      expect((await ask({ ...proxy, method: 'POST', body })).status).toBe(200);
    }
    const tooMuch = await ask({ ...proxy, method: 'POST', body: ['x'.repeat(60_000), 'x'.repeat(40_001)] });
    expect(json(tooMuch)).toMatchObject({ code: 'PROXY_BODY_TOO_LARGE' });
  });

  it('survives CONNECT from clients that disconnect at once or wait for an earlier answer', async () => {
    const { port, upstream } = await start();
    upstream.setScript((socket) => {
      setTimeout(() => void socket.write(plainResponse('late')), 50);
    });
    for (let client = 0; client < 30; client += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.once('close', () => resolve());
        const first = client % 2 === 0 ? '' : 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
        socket.write(`${first}CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`, () => {
          setTimeout(() => void socket.resetAndDestroy(), client % 5);
        });
      });
    }
    const both = 'GET / HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n';
    await exchangeRaw({ port, bytes: both });
    expect((await ask({ port })).text).toBe('late');
  });
});
