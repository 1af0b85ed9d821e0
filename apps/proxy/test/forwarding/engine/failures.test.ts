import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import type { ProxySettings } from '../../../src/config.ts';
import { engineNames } from '../../../src/engine-table.ts';
import { ask, json } from '../../support/ask.ts';
import { runNodeUpstream } from '../../support/echo-upstream.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { sendAllThenRead } from '../../support/send-all.ts';
import { stopAll } from '../../support/stop-all.ts';
import { refusingUpstream, runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

describe.each(engineNames)('failures at the engine %s', (engine) => {
  const over = (upstream: { readonly url: string }, settings: Partial<ProxySettings> = {}) =>
    runProxy({ engine, route: routeTo(upstream), ...settings });

  describe('a truncated body', () => {
    const lengthy = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf';
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';

    it.each([
      ['by length, closed', lengthy, 'end'],
      ['by length, reset', lengthy, 'resetAndDestroy'],
      ['in chunks, closed', chunked, 'end'],
      ['in chunks, reset', chunked, 'resetAndDestroy'],
      ['with a chunk size that is none', `${chunked}zz\r\n`, undefined],
      ['within a chunk', `${chunked}64\r\nhalf`, 'end'],
    ] as const)(
      '%s, destroys the connection of the client and is never completed',
      async (_what, bytes, how) => {
        const upstream = await runUpstream((socket) => {
          socket.write(bytes, () => {
            if (how) setTimeout(() => socket[how](), 20);
          });
        });
        const { port, log } = await over(upstream, { maxFails: 1 });
        // A reset may discard the bytes before it, so that only this is certain: no end of a body, and nothing after
        // it.
        const text = await exchangeRaw({ port, bytes: get });
        expect(text).not.toMatch(/\r\n0\r\n\r\n/);
        expect(text.match(/HTTP\/1\.1 /g)?.length ?? 0).toBeLessThanOrEqual(1);
        await expect(ask({ port })).rejects.toThrow();
        expect(upstream.requests).toHaveLength(2);
        await waitFor('both lines in the log', () => log.requests.length === 2);
        expect(log.requests[0]).toMatchObject({ status: 200, upstreamStatus: '200 broke off' });
        expect(log.count('upstream server temporarily disabled')).toBe(0);
      },
    );

    it('resets an HTTP/1.0 connection, where an orderly close would mark the body complete', async () => {
      const upstream = await runUpstream((socket) => {
        socket.write(chunked, () => setTimeout(() => socket.resetAndDestroy(), 50));
      });
      const { port } = await over(upstream);
      const socket = connect(port, '127.0.0.1');
      const ending = new Promise<string>((resolve) => {
        socket.once('end', () => resolve('end'));
        socket.once('error', ({ message }) => resolve(message));
      });
      socket.resume();
      socket.write('GET / HTTP/1.0\r\n\r\n');
      expect(await ending).toMatch(/ECONNRESET/);
      socket.destroy();
    });
  });

  it('ends a response after its Content-Length, and closes the upstream connection when more bytes follow', async () => {
    const upstream = await runUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef');
    });
    const { port } = await over(upstream);
    for (let request = 0; request < 3; request += 1) expect((await ask({ port })).text).toBe('ab');
    expect(upstream.received).toHaveLength(3);
  });

  it('answers 503 at once when every upstream refuses, and keeps serving other routes', async () => {
    const dead = [await refusingUpstream(), await refusingUpstream(), await refusingUpstream()];
    const route = [`/api/=${dead.map(({ url }) => url).join(',')}`, ...routeTo(await runUpstream())];
    const proxy = await runProxy({ engine, route, maxFails: 1 });
    for (const method of ['GET', 'POST']) {
      const answer = await ask({ ...proxy, method, path: '/api/images.json' });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(json(answer)).toMatchObject({
        code: 'PROXY_NO_UPSTREAM',
        requestId: answer.headers['x-request-id'],
      });
    }
    expect((await ask(proxy)).text).toBe('hello');
  });

  it('sends a page instead of JSON to a browser', async () => {
    const { port } = await over(await refusingUpstream());
    const answer = await ask({ port, headers: { Accept: 'text/html,*/*;q=0.8' } });
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.text).toContain('503');
  });

  it('answers 503 when the name of the upstream cannot be resolved, 504 when that takes too long', async () => {
    const { port } = await over({ url: 'http://nowhere.invalid:1' });
    expect([503, 504]).toContain((await ask({ port })).status);
  });

  it('reaches an upstream by its name at any of its addresses', async () => {
    const upstream = await runUpstream();
    const { port } = await over({ url: `http://localhost:${upstream.port}` });
    expect((await ask({ port })).text).toBe('hello');
  });

  describe('clients that disconnect', () => {
    /** An upstream that never answers, and knows how many requests were aborted. */
    const waiting = async () => {
      const counts = { arrived: 0, aborted: 0 };
      const upstream = await runNodeUpstream((request, response) => {
        counts.arrived += 1;
        response.once('close', () => {
          if (!response.writableFinished) counts.aborted += 1;
        });
        if (request.url === '/stream') response.write('a beginning');
        request.resume();
      });
      return { counts, upstream };
    };

    it.each([
      ['before the answer', get],
      ['within the answer', 'GET /stream HTTP/1.1\r\nHost: h\r\n\r\n'],
      ['within their body', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf'],
    ])('%s: the upstream sees 20 of 20 requests aborted', async (_when, bytes) => {
      const { counts, upstream } = await waiting();
      const { port, log, adminPort } = await over(upstream);
      const clients = Array.from({ length: 20 }, () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.resume();
        socket.write(bytes);
        return socket;
      });
      await waitFor('all at the upstream', () => counts.arrived === 20);
      for (const socket of clients) socket.resetAndDestroy();
      await waitFor('all aborted', () => counts.aborted === 20);
      await waitFor('all in the log', () => log.requests.length === 20);
      expect(new Set(log.requests.map(({ status }) => status))).toEqual(new Set([499]));
      const pools = JSON.parse(
        (await ask({ port: adminPort, path: '/pools', headers: { Host: 'localhost' } })).text,
      );
      expect(pools).toMatchObject([{ upstreams: [{ inFlight: 0, requests: 20, failures: 0 }] }]);
    });

    it('leaves nothing behind of pipelined requests whose client disconnects', async () => {
      const { counts, upstream } = await waiting();
      const { port, log, adminPort } = await over(upstream);
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      const post = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx';
      socket.write(get + post + get + post);
      await waitFor('the first at the upstream', () => counts.arrived > 0);
      socket.resetAndDestroy();
      await waitFor('all aborted', () => counts.aborted === counts.arrived);
      await waitFor('a line for each', () => log.requests.length === counts.arrived);
      const metrics = await ask({ port: adminPort, path: '/metrics', headers: { Host: 'localhost' } });
      expect(metrics.text).toMatch(/^http_requests_in_flight 0$/m);
    });

    it('answers a client that has half-closed its connection', async () => {
      const upstream = await runUpstream((socket) => {
        setTimeout(() => socket.write(plainResponse('late answer')), 100);
      });
      const { port } = await over(upstream);
      for (const bytes of [get, 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody']) {
        const text = await exchangeRaw({ port, bytes, halfClose: true });
        expect(parseRawResponse(text)).toMatchObject({ status: 200, body: 'late answer' });
      }
    });

    it('does not complete a truncated body when the client half-closes its connection', async () => {
      const upstream = await runUpstream();
      const { port } = await over(upstream);
      const bytes = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf';
      expect(parseRawResponse(await exchangeRaw({ port, bytes, halfClose: true })).status).toBe(400);
      expect(upstream.requests).toEqual([]);
    });
  });

  it('survives a malformed body whose refusal waits for an earlier answer', async () => {
    const early = await runNodeUpstream((request, response) => {
      if (request.url === '/slow') setTimeout(() => response.end('slow'), 300);
      else setTimeout(() => response.end('early'), 50);
    });
    const { port } = await over(early);
    const post = 'POST /early HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n';
    const text = await exchangeRaw({
      port,
      bytes: ['GET /slow HTTP/1.1\r\nHost: h\r\n\r\n', post, 'zz\r\n'],
    });
    expect(text).toContain('slow');
    expect((await ask({ port })).text).toBe('early');
  });

  it('does not count a malformed request body as a failure of the upstream', async () => {
    const upstreams = [await runUpstream(), await runUpstream()];
    const proxy = await runProxy({
      engine,
      route: routeTo(...upstreams),
      maxFails: 1,
      connectTimeoutMs: 100,
    });
    const bytes = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
    const answer = parseRawResponse(await exchangeRaw({ port: proxy.port, bytes }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ requestId: answer.headers['x-request-id'] });
    expect(answer.headers['x-request-id']).not.toBe('');
    await waitFor('the line in the log', () => proxy.log.requests.length === 1);
    expect(proxy.log.requests[0]).toMatchObject({
      status: 400,
      requestId: answer.headers['x-request-id'],
    });
    expect(proxy.log.count('upstream server temporarily disabled')).toBe(0);
  });

  it('passes on an answer that arrives before the end of the request body, and closes the connection', async () => {
    const upstream = await runNodeUpstream((_request, response) => {
      response.writeHead(403, { 'Content-Length': 2 });
      response.end('no');
    });
    const { port } = await over(upstream, { maxBodyBytes: 10_000_000 });
    const pieces = new Array<string>(160).fill('x'.repeat(50_000));
    const bytes = ['POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n', ...pieces];
    const answer = parseRawResponse(await sendAllThenRead(port, bytes));
    expect(answer).toMatchObject({ status: 403, body: 'no' });
    expect(answer.headers['connection']).toBe('close');
  });
});
