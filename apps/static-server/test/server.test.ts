import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import supertest from 'supertest';
import { cacheModes } from './support/cache-modes.ts';
import { createSite, digits, hasByteNames, type Site } from './support/site.ts';
import { type StartedServer, startServer } from './support/started-server.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const drainDelayMs = 1234;

/** A clock on which the drain delay ends when `endDrain` is called. */
const createDrainClock = (): { readonly clock: Clock; endDrain(): void } => {
  let end = (): void => undefined;
  const after: Clock['after'] = (ms, callback) => {
    if (ms !== drainDelayMs) return systemClock.after(ms, callback);
    end = callback;
    return { cancel: () => undefined };
  };
  return { clock: { ...systemClock, after }, endDrain: () => end() };
};

/** supertest puts a body that it does not parse into `body`. */
const textOf = ({ text, body }: { text?: string; body: unknown }): string => text ?? String(body);

describe.each(cacheModes)('the static server %s', (_mode, maxMemoryBytes) => {
  let site: Site;
  let started: StartedServer;
  let request: ReturnType<typeof supertest>;

  beforeAll(async () => {
    site = createSite();
    started = await startServer({ root: site.root, csp: "default-src 'self'", maxMemoryBytes });
    request = supertest(`http://127.0.0.1:${started.port}`);
  });

  afterAll(async () => {
    await started.stop();
    site.remove();
  });

  afterEach(async () => {
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
  });

  describe('a file', () => {
    it('is sent with the header fields that browsers and caches need', async () => {
      const answer = await request.get('/digits.txt').set('Accept-Encoding', 'identity').expect(200, digits);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'content-length': '1000',
        'cache-control': 'no-cache',
        'accept-ranges': 'bytes',
        vary: 'Accept-Encoding',
        'x-content-type-options': 'nosniff',
        etag: expect.stringMatching(/^"[\w-]{22}"$/),
        'last-modified': expect.stringMatching(/ GMT$/),
        'x-request-id': expect.stringMatching(/^[\w-]{8,64}$/),
      });
      for (const name of ['content-security-policy', 'x-powered-by', 'content-encoding']) {
        expect(answer.headers).not.toHaveProperty(name);
      }
    });

    it.each([
      ['/', '<!doctype html><title>home</title>'],
      ['/index.html', '<!doctype html><title>home</title>'],
      ['/folder/', 'folder'],
      ['/folder/inner.txt', 'inner'],
      ['/folder-link/inner.txt', 'inner'],
      ['/link-inside.txt', digits],
      ['/.well-known/security.txt', 'Contact: mailto:security@example.com'],
      ['/with%20space.txt', 'space'],
      ['/with%20space/', 'space folder'],
      ['/f%C3%BCnke.txt', 'umlaut'],
      ['/%E6%97%A5%E6%9C%AC%F0%9F%98%80.txt', 'far'],
      ['/100%25.txt', 'percent'],
      ['/%252e%252e', 'a name that looks like an encoded ..'],
      ['/plus+semi;amp&eq=.txt', 'reserved'],
      ['/question%3F.txt', 'question'],
      ['/hash%23.txt', 'hash'],
      ['/script.js?v=1&w', 'export {};'],
      ['//script.js', 'export {};'],
    ])('is served at %s', async (path, body) => {
      const answer = await request.get(path).expect(200);
      expect(textOf(answer)).toBe(body);
    });

    it('is served when it is empty', async () => {
      const answer = await request.get('/empty.txt').expect(200, '');
      expect(answer.headers['content-length']).toBe('0');
    });

    it('whose name holds a hash of its content is immutable', async () => {
      await request
        .get('/assets/app.3f2a9c1b.js')
        .expect('cache-control', 'public, max-age=31536000, immutable');
    });

    it('that changes is sent with another entity tag, even when its size and modification time are the same', async () => {
      const file = `${site.root}/changing.txt`;
      const then = new Date('2026-01-02T03:04:05Z');
      const write = (content: string): bigint => {
        site.write('changing.txt', content);
        utimesSync(file, then, then);
        return statSync(file, { bigint: true }).ctimeNs;
      };
      const firstNs = write('one');
      const first = await request.get('/changing.txt').expect(200, 'one');
      // Two writes within one tick of the kernel clock have the same ctime.
      await waitFor('the ctime to change', () => write('two') !== firstNs);
      const second = await waitFor('the new file', async () => {
        const again = await request.get('/changing.txt').set('If-None-Match', first.headers['etag'] ?? '');
        return again.status === 200 && again;
      });
      expect(second.text).toBe('two');
      expect(second.headers['last-modified']).toBe(first.headers['last-modified']);
      expect(second.headers['etag']).not.toBe(first.headers['etag']);
    });

    it('that does not change keeps its entity tag', async () => {
      const [first, second] = [await request.get('/style.css'), await request.get('/style.css')];
      expect(first.headers['etag']).toBe(second.headers['etag']);
    });
  });

  (hasByteNames ? describe : describe.skip)('a name that is not UTF-8 (skipped except on Linux)', () => {
    it('is served and redirected by the escapes of its bytes', async () => {
      const folder = Buffer.concat([Buffer.from(`${site.root}/caf`), Buffer.of(0xe9)]);
      mkdirSync(folder);
      writeFileSync(Buffer.concat([folder, Buffer.from('/index.html')]), 'latin-1 folder');
      writeFileSync(Buffer.concat([folder, Buffer.from('.txt')]), 'latin-1 file');
      await expect(started.ask('/caf%E9.txt')).resolves.toMatchObject({ status: 200, body: 'latin-1 file' });
      await expect(started.ask('/caf%E9/')).resolves.toMatchObject({ status: 200, body: 'latin-1 folder' });
      const redirect = await started.ask('/caf%e9');
      expect([redirect.status, redirect.headers['location']]).toEqual([308, './caf%e9/']);
      await expect(started.ask('/caf%C3%A9.txt')).resolves.toMatchObject({ status: 404 });
      await expect(started.ask('/caf%EF%BF%BD.txt')).resolves.toMatchObject({ status: 404 });
    });
  });

  describe('HEAD', () => {
    it.each([
      '/',
      '/digits.txt',
      '/empty.txt',
      '/folder',
      '/missing',
      '/.env',
      '/livez',
      '/assets/app.3f2a9c1b.js',
    ])('of %s is answered with the header of GET and no body', async (path) => {
      const shared = { 'X-Request-Id': 'the-same-for-both', 'Accept-Encoding': 'identity' };
      const get = await request.get(path).set(shared).redirects(0);
      const head = await request.head(path).set(shared).redirects(0);
      expect(head.status).toBe(get.status);
      expect({ ...head.headers, date: '' }).toEqual({ ...get.headers, date: '' });
      expect(head.text ?? '').toBe('');
    });
  });

  describe('the Content-Security-Policy', () => {
    it.each(['/', '/folder/', '/picture.svg'])('is sent with %s', async (path) => {
      await request
        .get(path)
        .expect('content-security-policy', "default-src 'self'")
        .expect('referrer-policy', 'strict-origin-when-cross-origin');
    });

    it('can be switched off', async () => {
      const without = await startServer({ root: site.root, maxMemoryBytes });
      const answer = await supertest(`http://127.0.0.1:${without.port}`).get('/').expect(200);
      await without.stop();
      expect(answer.headers).not.toHaveProperty('content-security-policy');
    });
  });

  describe('a path without a file', () => {
    it.each([
      '/missing',
      '/missing/',
      '/digits.txt/',
      '/digits.txt/more',
      '/index.html/',
      '/bare/',
      '/index-is-folder/',
      '/.env',
      '/.git/config',
      '/folder/.hidden',
      '/.well-known/',
      '/.well-known/.hidden',
      '/link-outside.txt',
      '/link-to-sibling.txt',
      '/folder-link-outside/secret.txt',
      '/folder-link-outside/',
      '/link-to-parent/secret.txt',
      '/link-to-itself',
      '/link-to-nothing',
      '/link-to-device',
      '/pipe',
      `/${'a'.repeat(300)}`,
      `/${'a/'.repeat(2500)}`,
      '/INDEX.HTML',
    ])('is answered with 404: %s', async (path) => {
      const answer = await request.get(path).expect(404);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/problem+json',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      expect(answer.body).toMatchObject({
        status: 404,
        code: 'NOT_FOUND',
        requestId: answer.headers['x-request-id'],
      });
      expect(answer.text).not.toContain('secret');
    });

    it('is answered with an HTML page in a browser', async () => {
      const answer = await request.get('/missing').set('Accept', browser).expect(404);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.text).toContain(answer.headers['x-request-id']);
    });

    it("is answered with the root's 404.html in a browser only", async () => {
      site.write('404.html', '<!doctype html>lost');
      const page = await request.get('/missing').set('Accept', browser).expect(404, '<!doctype html>lost');
      expect(page.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'self'",
        'cache-control': 'no-store',
        'content-length': '19',
        vary: 'Accept',
      });
      expect(page.headers).not.toHaveProperty('etag');
      await request.head('/missing').set('Accept', browser).expect(404).expect('content-length', '19');
      await request
        .get('/missing')
        .set('Accept', 'image/avif,*/*')
        .expect(404)
        .expect('content-type', /json/);
    });
  });

  describe('a folder without a slash', () => {
    it.each([
      ['/folder', './folder/'],
      ['/folder?a=b', './folder/?a=b'],
      ['/bare', './bare/'],
      ['/with%20space', './with%20space/'],
      ['/f%6flder', './f%6flder/'],
      ['/folder-link', './folder-link/'],
      ['/index-is-folder/index.html', './index.html/'],
      ['/a:b', './a:b/'],
      ['//evil.example', './evil.example/'],
      ['///evil.example', './evil.example/'],
      ['//evil.example?//evil.example', './evil.example/?//evil.example'],
    ])('is redirected: %s to %s', async (path, location) => {
      const answer = await started.ask(path);
      expect(answer.status).toBe(308);
      expect(answer.headers['location']).toBe(location);
    });

    it.each([
      ['/pictures/folder?a=b', '/pictures/folder/?a=b'],
      ['/pictures//evil.example', '/pictures//evil.example/'],
    ])('is redirected below the prefix that a proxy strips: %s to %s', async (requested, expected) => {
      const { headers } = await started.ask(requested.replace('/pictures', ''));
      const { host, pathname, search } = new URL(headers['location'] ?? '', `http://site.test${requested}`);
      expect([host, pathname + search]).toEqual(['site.test', expected]);
    });
  });

  describe('a method other than GET and HEAD', () => {
    it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
      'is refused with 405: %s',
      async (method) => {
        for (const target of ['/', '/missing', '/livez', '/%zz']) {
          const answer = await started.ask(target, [], method);
          expect(answer.status).toBe(405);
          expect(answer.headers['allow']).toBe('GET, HEAD');
          expect(JSON.parse(answer.body)).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
        }
      },
    );

    it('is refused with 405: OPTIONS *', async () => {
      await expect(started.ask('*', [], 'OPTIONS')).resolves.toMatchObject({ status: 405 });
    });

    it('closes the connection when it has a body, so that the body is not read as a request', async () => {
      const answer = await request.post('/').send('x'.repeat(100_000)).expect(405);
      expect(answer.headers['connection']).toBe('close');
    });
  });

  describe('an operational path', () => {
    it('wins over a file of the same name', async () => {
      // Loads the file of this name into memory.
      await request.get('//livez').expect(200);
      await request.get('/livez').expect(200, { status: 'live' });
      await request.get('/readyz?a').expect(200, { status: 'ready' });
      const metrics = await request.get('/metrics').expect(200);
      expect(metrics.text).toMatch(/^http_requests_total\{method="GET",status="200"\} \d+$/m);
    });

    it.each(['/%6civez', '//livez', '/%6detrics'])('is a file in another spelling: %s', async (path) => {
      const answer = await request.get(path).expect(200);
      expect(textOf(answer)).toBe('a file');
    });

    it('is a file when metrics are off: /metrics', async () => {
      const without = await startServer({ root: site.root, withMetrics: false, maxMemoryBytes });
      const answer = await without.ask('/metrics');
      await without.stop();
      expect(answer.body).toBe('a file');
    });

    it('takes a profile only when profiles are on', async () => {
      const withProfile = await startServer({ root: site.root, profile: true, maxMemoryBytes });
      const refused = await withProfile.ask('/debug/pprof/heap?seconds=61');
      await withProfile.stop();
      expect(refused.status).toBe(400);
      await request.get('/debug/pprof/heap?seconds=61').expect(404);
    });

    it('reports that the server is draining', async () => {
      const { clock, endDrain } = createDrainClock();
      const draining = await startServer({ root: site.root, maxMemoryBytes, clock });
      const stopped = draining.server.stop({ drainDelayMs });
      const [ready, live, file] = [
        await draining.ask('/readyz'),
        await draining.ask('/livez'),
        await draining.ask('/'),
      ];
      endDrain();
      await stopped;
      expect([ready.status, live.status, file.status]).toEqual([503, 200, 200]);
      expect(JSON.parse(ready.body)).toMatchObject({ reasons: { process: 'draining' } });
    });
  });

  describe('a server that is draining', () => {
    it('serves files, and closes each connection after its response', async () => {
      const { clock, endDrain } = createDrainClock();
      const draining = await startServer({ root: site.root, maxMemoryBytes, clock });
      await draining.ask('/style.css');
      const stopped = draining.server.stop({ drainDelayMs });
      const received = await exchangeRaw({
        port: draining.port,
        bytes: 'GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n',
      });
      endDrain();
      await stopped;
      const answer = parseRawResponse(received);
      expect(answer).toMatchObject({ status: 200, body: 'body { color: red }' });
      expect(answer.headers['connection']).toBe('close');
    });
  });

  describe('the request log', () => {
    it('has one line per request, with the id that was sent', async () => {
      const answer = await request.get('/style.css?a').set('X-Request-Id', 'id-of-this-test').expect(200);
      expect(answer.headers['x-request-id']).toBe('id-of-this-test');
      const lines = await waitFor('the log line', () => {
        const found = started.requestLines.filter(({ requestId }) => requestId === 'id-of-this-test');
        return found.length > 0 && found;
      });
      expect(lines).toEqual([expect.objectContaining({ method: 'GET', url: '/style.css?a', status: 200 })]);
    });
  });
});
