import { get } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { cacheModes } from '../support/cache-modes.ts';
import { createSite, digits, type Site } from '../support/site.ts';
import { type StartedServer, startServer } from '../support/started-server.ts';

describe.each(cacheModes)('files %s', (_mode, maxMemoryBytes) => {
  let site: Site;
  let started: StartedServer;
  let etag: string;
  let modified: string;

  beforeAll(async () => {
    site = createSite();
    started = await startServer({ root: site.root, maxMemoryBytes });
    const { headers } = await started.ask('/digits.txt');
    etag = headers['etag'] ?? '';
    modified = headers['last-modified'] ?? '';
  });

  afterAll(async () => {
    await started.stop();
    site.remove();
  });

  afterEach(async () => {
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
  });

  /** Sends these header lines, with ETAG and MODIFIED replaced by those of the file. */
  const ask = (headers: readonly string[], method = 'GET', target = '/digits.txt') =>
    started.ask(
      target,
      headers.map((line) => line.replace('ETAG', etag).replace('MODIFIED', modified)),
      method,
    );

  describe('a malformed request target', () => {
    it.each([
      ['a raw backslash', '/a\\b', 'STATIC_PATH_INVALID'],
      ['raw backslashes between dot segments', '/..\\..\\secret.txt', 'STATIC_PATH_INVALID'],
      ['a raw NUL', '/index.html\0', 'REQUEST_INVALID'],
      ['a raw control character', '/a\x01', 'REQUEST_INVALID'],
      ['a raw byte above ASCII', '/f\xfcnke.txt', 'REQUEST_INVALID'],
      ['a lone percent sign', '/100%.txt', 'STATIC_PATH_INVALID'],
      ['a percent sign with one digit', '/%2', 'STATIC_PATH_INVALID'],
      ['a percent sign with other letters', '/%zz', 'STATIC_PATH_INVALID'],
      ['a fragment', '/index.html#a', 'STATIC_PATH_INVALID'],
      ['an asterisk', '*', 'STATIC_PATH_INVALID'],
      ['another scheme', 'ftp://x/index.html', 'STATIC_PATH_INVALID'],
      ['absolute-form without an authority', 'http:///index.html', 'STATIC_PATH_INVALID'],
    ])('is refused with 400: %s', async (_what, target, code) => {
      const answer = await started.ask(target);
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(answer.body)).toMatchObject({ code, requestId: answer.headers['x-request-id'] });
    });
  });

  describe('a request target that leads out of the root', () => {
    it.each([
      '/../secret.txt',
      '/../site-secret/secret.txt',
      '/folder/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/folder/..%2f..%2fsecret.txt',
      '/%c0%ae%c0%ae/secret.txt',
      '//../secret.txt',
      '/-secret/secret.txt',
      '/index.html%00',
      '/index.html%00.txt',
      '/./index.html',
      '/folder/../index.html',
      'http://evil.example/../secret.txt',
      'http://evil.example/%2e%2e/secret.txt',
    ])('is refused with 404: %s', async (target) => {
      const answer = await started.ask(target);
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'NOT_FOUND' });
    });

    it('is decoded only once', async () => {
      const answer = await started.ask('/%252e%252e');
      expect(answer).toMatchObject({ status: 200, body: 'a name that looks like an encoded ..' });
    });
  });

  describe('a request target in absolute-form', () => {
    it('is answered with the file of its path', async () => {
      await expect(started.ask('http://evil.example/digits.txt?a')).resolves.toMatchObject({
        status: 200,
        body: digits,
      });
      await expect(started.ask('http://evil.example')).resolves.toMatchObject({ status: 200 });
      await expect(started.ask('http://[::1/digits.txt')).resolves.toMatchObject({ status: 200 });
      await expect(started.ask('http://evil.example/livez')).resolves.toMatchObject({ status: 200 });
    });

    it.each(['http://evil.example/folder', 'http://evil.example//folder', '//folder'])(
      'is redirected without its authority: %s',
      async (target) => {
        const answer = await started.ask(target);
        expect(answer.status).toBe(308);
        expect(answer.headers['location']).toBe('./folder/');
        expect(answer.text).not.toContain('evil');
      },
    );
  });

  describe('preconditions', () => {
    it.each([
      ['the entity tag', ['If-None-Match: ETAG'], 304],
      ['the entity tag marked weak', ['If-None-Match: W/ETAG'], 304],
      ['a list with the entity tag', ['If-None-Match: "a", ETAG'], 304],
      ['two lines, one with the entity tag', ['If-None-Match: "a"', 'If-None-Match: ETAG'], 304],
      ['an asterisk', ['If-None-Match: *'], 304],
      ['another entity tag', ['If-None-Match: "a"'], 200],
      ['the date', ['If-Modified-Since: MODIFIED'], 304],
      ['an old date', ['If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT'], 200],
      ['another entity tag and the date', ['If-None-Match: "a"', 'If-Modified-Since: MODIFIED'], 200],
      [
        'the entity tag and an old date',
        ['If-None-Match: ETAG', 'If-Modified-Since: Sun Nov  6 08:49:37 1994'],
        304,
      ],
      ['If-Match with another entity tag', ['If-Match: "a"'], 412],
      ['If-Match with the entity tag', ['If-Match: ETAG'], 200],
      ['If-Unmodified-Since with an old date', ['If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT'], 412],
      ['the entity tag and a range', ['If-None-Match: ETAG', 'Range: bytes=0-0'], 304],
      ['the entity tag and a range past the end', ['If-None-Match: ETAG', 'Range: bytes=5000-'], 304],
      ['If-Match with another entity tag and a range', ['If-Match: "a"', 'Range: bytes=0-0'], 412],
    ])('of GET and HEAD are evaluated: %s', async (_what, headers, status) => {
      const [get, head] = [await ask(headers), await ask(headers, 'HEAD')];
      expect([get.status, head.status]).toEqual([status, status]);
      expect(head.body).toBe('');
      if (status !== 412) expect(get.headers['etag']).toBe(etag);
    });

    it('are answered with 304, the fields that a cache updates, and no body', async () => {
      const answer = await ask(['If-None-Match: *']);
      expect(answer.headers).toMatchObject({ etag, 'cache-control': 'no-cache', 'last-modified': modified });
      expect(answer.headers).not.toHaveProperty('content-type');
      expect(answer.headers).not.toHaveProperty('content-length');
      expect(answer.body).toBe('');
    });

    it('are answered with 412 and a problem', async () => {
      const answer = await ask(['If-Match: "a"']);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'STATIC_PRECONDITION_FAILED' });
      expect(answer.headers).not.toHaveProperty('etag');
    });

    it('are not evaluated for a missing file', async () => {
      await expect(ask(['If-None-Match: *'], 'GET', '/missing')).resolves.toMatchObject({ status: 404 });
      await expect(ask(['If-Match: *'], 'GET', '/missing')).resolves.toMatchObject({ status: 404 });
    });
  });

  describe('ranges', () => {
    it.each([
      ['bytes=0-0', '0', 'bytes 0-0/1000'],
      ['bytes=5-14', '5678901234', 'bytes 5-14/1000'],
      ['bytes=995-', '56789', 'bytes 995-999/1000'],
      ['bytes=-5', '56789', 'bytes 995-999/1000'],
      ['bytes=0-', digits, 'bytes 0-999/1000'],
      ['bytes=-5000', digits, 'bytes 0-999/1000'],
      ['bytes=990-2000', '0123456789', 'bytes 990-999/1000'],
    ])('are answered with 206: %s', async (range, body, contentRange) => {
      const answer = await ask([`Range: ${range}`]);
      expect(answer).toMatchObject({ status: 206, body });
      expect(answer.headers).toMatchObject({
        'content-range': contentRange,
        'content-length': String(body.length),
        'content-type': 'text/plain; charset=utf-8',
        etag,
      });
    });

    it.each([
      ['several ranges', ['Range: bytes=0-0,5-6']],
      ['several lines of ranges', ['Range: bytes=0-0', 'Range: bytes=5-6']],
      ['another unit', ['Range: items=0-1']],
      ['a range that ends before its start', ['Range: bytes=5-2']],
      ['an old entity tag in If-Range', ['Range: bytes=0-0', 'If-Range: "a"']],
      ['a weak entity tag in If-Range', ['Range: bytes=0-0', 'If-Range: W/ETAG']],
      ['an old date in If-Range', ['Range: bytes=0-0', 'If-Range: Sun, 06 Nov 1994 08:49:37 GMT']],
      ['a range past the end with an old entity tag', ['Range: bytes=5000-', 'If-Range: "a"']],
    ])('are ignored for %s', async (_what, headers) => {
      const answer = await ask(headers);
      expect(answer).toMatchObject({ status: 200, body: digits });
      expect(answer.headers).not.toHaveProperty('content-range');
    });

    it.each(['If-Range: ETAG', 'If-Range: MODIFIED'])('are sent when %s holds', async (ifRange) => {
      await expect(ask(['Range: bytes=1-2', ifRange])).resolves.toMatchObject({ status: 206, body: '12' });
    });

    it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])(
      'are answered with 416 past the end: %s',
      async (range) => {
        const answer = await ask([`Range: ${range}`]);
        expect(answer.status).toBe(416);
        expect(answer.headers).toMatchObject({
          'content-range': 'bytes */1000',
          'content-type': 'application/problem+json',
        });
        expect(answer.headers).not.toHaveProperty('etag');
        expect(JSON.parse(answer.body)).toMatchObject({ status: 416, code: 'STATIC_RANGE_INVALID' });
        expect(answer.text).not.toMatch(/\bat |node_modules|\.ts/);
        expect(started.errors).toEqual([]);
      },
    );

    it('of an empty file are answered with 416, and a suffix with the whole', async () => {
      const from = await ask(['Range: bytes=0-'], 'GET', '/empty.txt');
      expect(from).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */0' } });
      const suffix = await ask(['Range: bytes=-5'], 'GET', '/empty.txt');
      expect(suffix).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
    });

    it('are ignored for HEAD', async () => {
      const answer = await ask(['Range: bytes=0-0'], 'HEAD');
      expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '1000' } });
    });
  });

  describe('a file of 200 MB', () => {
    const bytes = 200 * 1000 * 1000;
    beforeAll(() => site.writeSparse('large.bin', bytes, 'the end'));

    it.each([
      ['bytes=0-3', 'bytes 0-3/200000000', '\0\0\0\0'],
      ['bytes=-7', 'bytes 199999993-199999999/200000000', 'the end'],
      ['bytes=199999996-', 'bytes 199999996-199999999/200000000', ' end'],
      ['bytes=199999999-999999999', 'bytes 199999999-199999999/200000000', 'd'],
    ])('is sent in part: %s', async (range, contentRange, body) => {
      const answer = await ask([`Range: ${range}`], 'GET', '/large.bin');
      expect(answer).toMatchObject({ status: 206, body, headers: { 'content-range': contentRange } });
    });

    it('is answered with 416 past its end, and with HEAD and 304 without a body', async () => {
      const past = await ask(['Range: bytes=200000000-'], 'GET', '/large.bin');
      expect(past).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */200000000' } });
      const head = await ask([], 'HEAD', '/large.bin');
      expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '200000000' } });
      const known = await ask([`If-None-Match: ${head.headers['etag']}`], 'GET', '/large.bin');
      expect(known).toMatchObject({ status: 304, body: '' });
    });

    it('is sent completely', async () => {
      const received = await new Promise<number>((resolve, reject) => {
        let length = 0;
        get({ port: started.port, path: '/large.bin', agent: false }, (answer) => {
          answer.on('data', (piece: Buffer) => {
            length += piece.length;
          });
          answer.once('end', () => resolve(length)).once('error', reject);
        }).once('error', reject);
      });
      expect(received).toBe(bytes);
    });
  });

  describe('a connection', () => {
    it('carries several responses in order', async () => {
      const one = 'GET /digits.txt HTTP/1.1\r\nHost: x\r\n';
      const bytes = `${one}\r\n${one.replace('digits', 'missing')}\r\n${one}Range: bytes=-1\r\nConnection: close\r\n\r\n`;
      const received = await exchangeRaw({ port: started.port, bytes });
      expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 206']);
      expect(received.endsWith('\r\n\r\n9')).toBe(true);
    });

    it('is closed after a response in HTTP/1.0', async () => {
      const bytes = 'GET /digits.txt HTTP/1.0\r\n\r\n';
      const answer = parseRawResponse(await exchangeRaw({ port: started.port, bytes }));
      expect(answer).toMatchObject({ status: 200, body: digits });
    });
  });
});
