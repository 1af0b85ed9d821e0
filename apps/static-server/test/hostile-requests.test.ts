import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import fc from 'fast-check';
import { nodeDisk } from '../src/files/disk.ts';
import { createSite, digits, type Site } from './support/site.ts';
import { type StartedServer, startServer } from './support/started-server.ts';

let site: Site;
let started: StartedServer;
let lookups = 0;

beforeAll(async () => {
  site = createSite();
  const disk = {
    ...nodeDisk,
    realpath: (path: string) => {
      lookups += 1;
      return nodeDisk.realpath(path);
    },
  };
  started = await startServer({ root: site.root, maxMemoryBytes: 64 * 1024 * 1024, disk });
});

afterAll(async () => {
  await started.stop();
  site.remove();
});

const gauge = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await started.ask('/metrics')).body)?.[1]);

describe('a hostile request target', () => {
  it.each([
    ['dots encoded three times', '/%25252e%25252e/secret.txt', 404],
    ['dots of three bytes', '/%e0%80%ae%e0%80%ae/secret.txt', 404],
    ['dots of four bytes', '/%f0%80%80%ae%f0%80%80%ae/secret.txt', 404],
    ['fullwidth dots', '/%ef%bc%8e%ef%bc%8e/secret.txt', 404],
    ['dots in the %u encoding of IIS', '/%uff0e%uff0e/secret.txt', 400],
    ['a backslash of two bytes', '/..%c1%9csecret.txt', 404],
    ['path parameters', '/..;/secret.txt', 404],
    ['path parameters in a folder', '/folder/..;a=b/secret.txt', 404],
    ['a query that looks like a path', '/?/../../secret.txt', 200],
    ['a dot at the end', '/index.html.', 404],
    ['an encoded dot at the end', '/index.html%2e', 404],
    ['a space at the end', '/index.html%20', 404],
    ['a dot at the end of a folder', '/folder./inner.txt', 404],
    ['another case', '/Folder/inner.txt', 404],
    ['an NTFS stream', '/index.html::$DATA', 404],
    ['line breaks', '/folder%0d%0aX:y', 404],
    ['line breaks in a query', '/folder?%0d%0aX:y', 308],
    ['a home folder', '/~root/', 404],
    ['an absolute path of the file system', '//etc/passwd', 404],
    ['8,000 letters', `/${'a'.repeat(8000)}`, 404],
    ['5,000 encoded letters', `/${'%41'.repeat(5000)}`, 404],
    ['7,000 folders', `/${'a/'.repeat(7000)}`, 404],
    ['more than the limit of a header', `/${'a'.repeat(17_000)}`, 431],
    ['an empty target', '', 400],
    ['only a query', '?a', 400],
    ['absolute-form with a user', 'http://a@b:c/digits.txt', 200],
    ['absolute-form with an invalid port', 'https://a:99999999/digits.txt', 200],
    ['absolute-form in capitals', 'HTTP://A/digits.txt', 200],
    ['absolute-form with a backslash', 'http://a\\b/digits.txt', 400],
    ['absolute-form without a path', 'http://a?x', 200],
    ['authority-form', 'a:80', 400],
    ['leading encoded slashes', '/%2f%2fevil.example', 404],
    ['an authority and dots', '//evil.example/..', 404],
  ] as const)('is answered safely: %s, %j with %d', async (_what, target, status) => {
    const answer = await started.ask(target);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/SECRET|^X:y|root:/m);
    const { location } = answer.headers;
    if (status === 308) expect(location).toBe('./folder/?%0d%0aX:y');
    else expect(location).toBeUndefined();
  });

  it('never causes a 5xx or discloses a secret, whatever it is made of', async () => {
    const pieces = ['/', '//', '.', '..', '%2e', '%2f', '%5c', '\\', '%00', '%', '%c0%ae', '?', '#', ';', ' ']
      .concat(['http://', 'a@b', ':80', '[::1]', '*', '\t', '\x7f', '\xff', '%ff', '%0d%0a', '~', '+'])
      .concat([
        'folder',
        'index.html',
        'secret.txt',
        'link-to-parent',
        'folder-link-outside',
        '.env',
        'site',
      ]);
    const target = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 });
    const allowed = [200, 308, 400, 404];
    await fc.assert(
      fc.asyncProperty(target, async (some) => {
        const answer = await started.ask(some.join(''));
        expect(allowed).toContain(answer.status);
        expect(answer.text).not.toContain('SECRET=');
        expect(answer.body).not.toBe('secret');
      }),
      // A failure prints its seed and the shortest target.
      { numRuns: 400 },
    );
    expect(started.errors).toEqual([]);
  });
});

describe('conditional and range headers', () => {
  it('never cause an invalid response, whatever they hold', async () => {
    const { etag = '', 'last-modified': modified = '' } = (await started.ask('/digits.txt')).headers;
    const tag = fc.constantFrom(etag, `W/${etag}`, '*', '"a"', 'a', '"', ',', '', `"a",${etag}`);
    const date = fc.constantFrom(
      modified,
      'Thu, 01 Jan 1970 00:00:00 GMT',
      'Fri, 31 Feb 2026 25:61:61 GMT',
      '0',
    );
    const number = fc.constantFrom('', '0', '5', '999', '1000', '99999999999999999999999', '-1', 'x');
    const range = fc.oneof(
      fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
      fc
        .array(fc.tuple(number, number), { maxLength: 200 })
        .map((all) => `bytes=${all.map((one) => one.join('-'))}`),
      fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
    );
    const line = fc.oneof(
      fc.tuple(fc.constantFrom('If-None-Match', 'If-Match', 'If-Range'), tag),
      fc.tuple(fc.constantFrom('If-Modified-Since', 'If-Unmodified-Since', 'If-Range'), date),
      fc.tuple(fc.constant('Range'), range),
      fc.tuple(fc.constant('Accept-Encoding'), fc.constantFrom('br', 'gzip;q=0', '*;q=0', 'x'.repeat(200))),
    );
    const asked = fc.tuple(fc.array(line, { maxLength: 5 }), fc.constantFrom('GET', 'HEAD'));
    await fc.assert(
      fc.asyncProperty(asked, async ([lines, method]) => {
        const headers = lines.map(([name, value]) => `${name}: ${value}`);
        const answer = await started.ask('/digits.txt', [...headers, 'Accept-Encoding: identity'], method);
        expect([200, 206, 304, 412, 416]).toContain(answer.status);
        if (method === 'HEAD' || answer.status === 304) expect(answer.body).toBe('');
        else expect(answer.headers['content-length']).toBe(String(answer.body.length));
        const [, first, last] = /^bytes (\d+)-(\d+)\/1000$/.exec(answer.headers['content-range'] ?? '') ?? [];
        if (answer.status === 206) expect(answer.body).toBe(digits.slice(Number(first), Number(last) + 1));
      }),
      { numRuns: 300 },
    );
    expect(started.errors).toEqual([]);
  });
});

describe('a request that node:http would answer by itself', () => {
  it.each([
    ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\n\r\n', 417, 'EXPECTATION_FAILED'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400, 'REQUEST_INVALID'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
  ])(
    'is answered and logged like others, and closes the connection: %s',
    async (_what, bytes, status, code) => {
      const answer = parseRawResponse(await exchangeRaw({ port: started.port, bytes }));
      expect([answer.status, JSON.parse(answer.body)]).toEqual([status, expect.objectContaining({ code })]);
      expect(answer.headers).toMatchObject({
        connection: 'close',
        'content-type': 'application/problem+json',
      });
      const { 'x-request-id': requestId } = answer.headers;
      await waitFor('the log line', () =>
        started.requestLines.some((line) => line.requestId === requestId && line.status === status),
      );
    },
  );
});

it.each([
  ['from memory', '/digits.txt'],
  ['from the disk', '/large-enough.bin'],
])('answers a client that half-closed its connection after its requests, %s', async (_mode, path) => {
  site.writeSparse('large-enough.bin', 9_000_000, digits);
  const bytes = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(2);
  const received = await exchangeRaw({ port: started.port, bytes, halfClose: true });
  expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(received.endsWith(digits)).toBe(true);
});

describe('many requests', () => {
  /** Sends `count` requests, 100 on each connection. Returns the number of responses for each status. */
  const askMany = async (count: number, targetOf: (number: number) => string) => {
    const statuses = new Map<string, number>();
    for (let from = 0; from < count; from += 100) {
      const heads = Array.from(
        { length: 100 },
        (_, at) => `GET ${targetOf(from + at)} HTTP/1.1\r\nHost: x\r\n`,
      );
      const bytes = `${heads.join('\r\n')}Connection: close\r\n\r\n`;
      const received = await exchangeRaw({ port: started.port, bytes });
      for (const [, status = ''] of received.matchAll(/HTTP\/1\.1 (\d+)/g)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    return Object.fromEntries(statuses);
  };

  it('for 10,000 missing files leave nothing in memory', async () => {
    // Waits until the files of earlier tests are compressed.
    await started.server.preload();
    const before = await gauge('static_memory_bytes');
    lookups = 0;
    expect(await askMany(10_000, (number) => `/missing-${number}`)).toEqual({ '404': 10_000 });
    expect(lookups).toBeGreaterThanOrEqual(10_000);
    expect(await gauge('static_memory_bytes')).toBe(before);
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
  }, 300_000);

  it('for one file with 10,000 queries keep it in memory once', async () => {
    await started.ask('/digits.txt');
    const before = await gauge('static_files_in_memory');
    expect(await askMany(10_000, (number) => `/digits.txt?v=${number}`)).toEqual({ '200': 10_000 });
    expect(await gauge('static_files_in_memory')).toBe(before);
  }, 300_000);

  it('on one connection are answered in order, whether by the fast path or by Express', async () => {
    site.write('large.txt', 'large '.repeat(50_000));
    const next = [
      '/style.css',
      '/missing',
      '/style.css?a',
      '/digits.txt',
      '/folder',
      '/large.txt',
      '/livez',
    ].concat(['/%zz', '/with%20space.txt', '/empty.txt', '/', '/.env', '/link-inside.txt']);
    const requests = Array.from({ length: 200 }, (_, at) => {
      const range = at % 7 === 3 ? 'Range: bytes=1-1\r\n' : '';
      const method = at % 5 === 4 ? 'HEAD' : 'GET';
      return `${method} ${next[(at * 5) % next.length]} HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-${at}\r\n${range}`;
    });
    const bytes = `${requests.join('\r\n')}Connection: close\r\n\r\n`;
    const received = await exchangeRaw({ port: started.port, bytes });
    const ids = [...received.matchAll(/X-Request-Id: request-(\d+)\r\n/gi)].map(([, id]) => Number(id));
    expect(ids).toEqual(requests.map((_, at) => at));
  });

  it('of clients that leave during the response keep no file open', async () => {
    site.write('large.bin', Buffer.alloc(5_000_000));
    site.writeSparse('larger.bin', 20_000_000, '.');
    const leave = (path: string): Promise<string> =>
      exchangeRaw({
        port: started.port,
        bytes: `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`,
        until: (text) => text.length > 100,
      });
    const paths = ['/large.bin', '/large.bin?a', '/larger.bin', '/larger.bin?a'];
    await Promise.all(Array.from({ length: 80 }, (_, at) => leave(paths[at % paths.length] ?? '')));
    await waitFor('every descriptor to be closed', () => started.openFiles() === 0);
    const answer = parseRawResponse(
      await exchangeRaw({
        port: started.port,
        bytes: 'GET /large.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      }),
    );
    expect(answer.body).toHaveLength(5_000_000);
    await waitFor('all other requests to end', async () => (await gauge('http_requests_in_flight')) === 1);
    expect(started.errors).toEqual([]);
  });
});
