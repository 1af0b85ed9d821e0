import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { engineNames } from '../../../src/engine-table.ts';
import { ask, someBytes } from '../../support/ask.ts';
import { runEchoUpstream, runNodeUpstream, sha, type Told } from '../../support/echo-upstream.ts';
import { routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const sizes = [0, 1, 1000, 65_535, 65_536, 65_537, 1_000_000, 5_000_000];

describe.each(engineNames)('messages through the engine %s', (engine) => {
  const proxyTo = async (upstream: { readonly url: string }) =>
    runProxy({ engine, route: routeTo(upstream), maxBodyBytes: 10_000_000 });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'passes on a %s without a body',
    async (method) => {
      const proxy = await proxyTo(await runEchoUpstream());
      const { status, text } = await ask({ ...proxy, method, path: '/a?b=c' });
      expect(status).toBe(200);
      const told = JSON.parse(text) as Told;
      expect(told).toMatchObject({ method, url: '/a?b=c', bytes: 0 });
      expect(told.headers['transfer-encoding']).toBeUndefined();
    },
  );

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'passes on a %s with a body, by length and in chunks',
    async (method) => {
      const proxy = await proxyTo(await runEchoUpstream());
      for (const body of ['some bytes', ['some ', 'bytes']]) {
        const told = JSON.parse((await ask({ ...proxy, method, body })).text) as Told;
        expect(told).toMatchObject({ method, bytes: 10, sha: sha(Buffer.from('some bytes')) });
      }
    },
  );

  it.each(sizes)('forwards complete request bodies of %i bytes, with a length and chunked', async (size) => {
    const proxy = await proxyTo(await runEchoUpstream());
    const bytes = someBytes(size);
    const chunks = [bytes.subarray(0, size >> 1), bytes.subarray(size >> 1)].filter(
      ({ length }) => length > 0,
    );
    for (const body of [bytes, chunks]) {
      const told = JSON.parse((await ask({ ...proxy, method: 'POST', body })).text) as Told;
      expect(told).toMatchObject({ bytes: size, sha: sha(bytes) });
    }
  });

  it.each(sizes)('relays complete response bodies of %i bytes, with a length and chunked', async (size) => {
    const bytes = someBytes(size);
    const upstream = await runNodeUpstream(({ url }, response) => {
      if (url === '/length') response.setHeader('Content-Length', size);
      response.write(bytes.subarray(0, size >> 1));
      response.end(bytes.subarray(size >> 1));
    });
    const proxy = await proxyTo(upstream);
    const byLength = await ask({ ...proxy, path: '/length' });
    expect(byLength.headers).toMatchObject({ 'content-length': String(size) });
    expect(sha(byLength.body)).toBe(sha(bytes));
    const inChunks = await ask({ ...proxy, path: '/chunks' });
    expect(inChunks.headers['content-length']).toBeUndefined();
    expect(sha(inChunks.body)).toBe(sha(bytes));
  });

  it('relays a close-delimited response', async () => {
    const upstream = await runUpstream((socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\nto the end'));
    const { text } = await ask(await proxyTo(upstream));
    expect(text).toBe('to the end');
  });

  it('responds to HEAD with the headers of GET and no body', async () => {
    const upstream = await runUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "x"\r\n\r\n');
    });
    const { port } = await proxyTo(upstream);
    const twice = 'HEAD / HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(2);
    const until = (text: string): boolean => text.split('\r\n\r\n').length === 3;
    const text = await exchangeRaw({ port, bytes: twice, until });
    const [first, second, rest] = text.split('\r\n\r\n').map((part) => part.toLowerCase());
    for (const head of [first, second]) {
      expect(head).toMatch(/^http\/1\.1 200 ok\r\n/);
      expect(head).toContain('content-length: 5');
      expect(head).toContain('etag: "x"');
    }
    expect(rest).toBe('');
  });

  it.each([
    ['204 No Content', ''],
    ['204 No Content', 'Content-Length: 0\r\n'],
    ['304 Not Modified', 'ETag: "x"\r\n'],
    ['304 Not Modified', 'Content-Length: 5\r\n'],
  ])('forwards %s with %j without a body, and keeps the connection', async (status, headers) => {
    const upstream = await runUpstream((socket, { target }) => {
      socket.write(target === '/1' ? `HTTP/1.1 ${status}\r\n${headers}\r\n` : plainResponse('second'));
    });
    const { port } = await proxyTo(upstream);
    const bytes = 'GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
    const [head = '', second = '', body] = (await exchangeRaw({ port, bytes })).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status}`);
    expect(head).not.toMatch(/transfer-encoding/i);
    if (status.startsWith('204')) expect(head).not.toMatch(/content-length/i);
    expect(second).toContain('HTTP/1.1 200 OK');
    expect(body).toBe('second');
  });

  it('passes on an unknown status and reason phrase', async () => {
    const upstream = await runUpstream((socket) => void socket.write(plainResponse('', '299 Fine, really')));
    const { port } = await proxyTo(upstream);
    const text = await exchangeRaw({ port, bytes: 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n' });
    expect(text).toMatch(/^HTTP\/1\.1 299 Fine, really\r\n/);
  });

  it('forwards two Set-Cookie lines in order', async () => {
    const cookies = 'Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n';
    const upstream = await runUpstream((socket) => void socket.write(plainResponse('', '200 OK', cookies)));
    const { headers } = await ask(await proxyTo(upstream));
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2']);
  });

  it('forwards several requests of one connection one after the other, also when they are pipelined', async () => {
    const upstream = await runUpstream((socket, { target }) => void socket.write(plainResponse(target)));
    const { port } = await proxyTo(upstream);
    const bytes = ['/1', '/2', '/3']
      .map(
        (path, index) =>
          `GET ${path} HTTP/1.1\r\nHost: h\r\n${index === 2 ? 'Connection: close\r\n' : ''}\r\n`,
      )
      .join('');
    const text = await exchangeRaw({ port, bytes });
    expect(text.match(/\r\n\r\n\/\d/g)).toEqual(['\r\n\r\n/1', '\r\n\r\n/2', '\r\n\r\n/3']);
  });

  it('forwards pipelined requests one after the other, because they may depend on each other', async () => {
    let atOnce = 0;
    let most = 0;
    const order: string[] = [];
    const upstream = await runNodeUpstream(({ url = '' }, response) => {
      order.push(url);
      atOnce += 1;
      most = Math.max(most, atOnce);
      setTimeout(() => {
        atOnce -= 1;
        response.end(url);
      }, 20);
    });
    const { port } = await proxyTo(upstream);
    const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
    const bytes = paths
      .map(
        (path) =>
          `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n${path === '/9' ? 'Connection: close\r\n' : ''}\r\nx`,
      )
      .join('');
    const text = await exchangeRaw({ port, bytes });
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(10);
    expect({ most, order }).toEqual({ most: 1, order: paths });
  });

  it.each([
    ['Keep-Alive: timeout=1', 2],
    ['Keep-Alive: timeout=60, max=100', 1],
  ])(
    'sends two POSTs after responses with %s on %i connections to the upstream',
    async (line, connections) => {
      const upstream = await runUpstream((socket) => {
        socket.write(plainResponse('hello', '200 OK', `${line}\r\n`));
      });
      const { port } = await runProxy({ engine, route: routeTo(upstream) });
      for (let request = 0; request < 2; request += 1)
        expect((await ask({ port, method: 'POST', body: 'some body' })).text).toBe('hello');
      expect(upstream.received).toHaveLength(connections);
    },
  );

  it('reuses connections to upstreams', async () => {
    const upstream = await runUpstream();
    const proxy = await proxyTo(upstream);
    for (let request = 0; request < 5; request += 1) await ask(proxy);
    expect(upstream.received).toHaveLength(1);
  });

  describe('HTTP/1.0', () => {
    it('closes the connection after the response, and is never sent chunks', async () => {
      const upstream = await runNodeUpstream((_request, response) => {
        response.write('in ');
        response.end('chunks');
      });
      const { port } = await proxyTo(upstream);
      const answer = parseRawResponse(await exchangeRaw({ port, bytes: 'GET / HTTP/1.0\r\n\r\n' }));
      expect(answer.headers['transfer-encoding']).toBeUndefined();
      expect(answer.body).toBe('in chunks');
    });

    it('keeps the connection open with Connection: keep-alive and a known length', async () => {
      const { port } = await proxyTo(await runUpstream());
      const one = 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
      const until = (text: string): boolean => text.split('hello').length === 3;
      const text = await exchangeRaw({ port, bytes: one + one, until });
      expect(text.match(/Connection: keep-alive/gi)).toHaveLength(2);
    });

    it('is forwarded as HTTP/1.1 with a Host', async () => {
      const upstream = await runUpstream();
      const { port } = await proxyTo(upstream);
      await exchangeRaw({ port, bytes: 'GET / HTTP/1.0\r\n\r\n' });
      expect(upstream.requests[0]?.head).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
      expect(upstream.requests[0]?.head).toMatch(new RegExp(`\r\nhost: 127.0.0.1:${upstream.port}\r\n`, 'i'));
    });
  });

  describe('Expect: 100-continue', () => {
    const head = (length: number, expectation = '100-continue'): string =>
      `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\nExpect: ${expectation}\r\nConnection: close\r\n\r\n`;

    it('is answered with 100 Continue and not passed on to the upstream', async () => {
      const upstream = await runUpstream();
      const { port } = await proxyTo(upstream);
      const text = await exchangeRaw({ port, bytes: head(4), until: (soFar) => soFar.includes('\r\n\r\n') });
      expect(text).toBe('HTTP/1.1 100 Continue\r\n\r\n');
      const whole = await exchangeRaw({ port, bytes: [head(4), 'body'] });
      // No 100 is needed when the body has arrived already (RFC 9110 10.1.1).
      expect(whole).toMatch(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK/);
      expect(upstream.requests.at(-1)?.head).not.toMatch(/expect/i);
    });

    it('refuses a body that is too large before it is sent', async () => {
      const { port } = await proxyTo(await runUpstream());
      expect(await exchangeRaw({ port, bytes: head(10_000_001) })).toMatch(/^HTTP\/1\.1 413 /);
    });

    it('responds 417 to any other expectation', async () => {
      const { port } = await proxyTo(await runUpstream());
      const answer = parseRawResponse(await exchangeRaw({ port, bytes: head(0, 'a-miracle') }));
      expect(answer.status).toBe(417);
      expect(answer.body).toContain('PROXY_EXPECTATION_FAILED');
    });
  });
});
