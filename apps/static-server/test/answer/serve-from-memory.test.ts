import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { createRequestObserver } from '@tripod/shared/http/observe-requests';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createStoppableServer, type StoppableServer } from '@tripod/shared/http/stoppable-server';
import { silentLogger } from '@tripod/shared/logging/logger';
import type { RequestLine } from '@tripod/shared/logging/request-line';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import { createCodingReader } from '../../src/answer/content-coding.ts';
import { createCacheHitHandler } from '../../src/answer/serve-from-memory.ts';
import { nodeDisk } from '../../src/files/disk.ts';
import { createCacheControl } from '../../src/headers/cache-control.ts';
import { createContentTypes } from '../../src/headers/content-type.ts';
import { createDescribeFile } from '../../src/headers/representation.ts';
import type { CachedFile } from '../../src/memory/cached-file.ts';
import { createCompressor } from '../../src/memory/compressor.ts';
import { createFileCache, type FileCache } from '../../src/memory/file-cache.ts';
import { createFileFinder } from '../../src/path/file-finder.ts';
import { decodePath } from '../../src/path/request-target.ts';
import { createSite, type Site } from '../support/site.ts';
import { type StartedServer, startServer } from '../support/started-server.ts';

/** The monotonic clock stands still, so that no cached file becomes stale during a test on a slow machine. */
const clock = { ...systemClock, monotonicMs: () => 1000 };
const csp = "default-src 'self'";
const maxMemoryBytes = 64 * 1024 * 1024;
const hits = [
  '/',
  '/index.html',
  '/folder/',
  '/style.css',
  '/picture.svg',
  '/empty.txt',
  '/assets/app.3f2a9c1b.js',
].concat(['/digits.txt', '/link-inside.txt', '/no-extension', '/large.bin', '/large.txt']);

let site: Site;
/** The complete server. It serves the same paths by Express when a query follows. */
let whole: StartedServer;
/** The cache hit handler alone; every other request is answered with 599. */
let hitServer: StoppableServer;
let port: number;
let cache: FileCache;
let lines: RequestLine[];
const metrics = createMetrics();

beforeAll(async () => {
  site = createSite();
  site.write('large.bin', Buffer.alloc(8_000_000, 'large'));
  site.write('large.txt', 'large text '.repeat(20_000));
  whole = await startServer({ root: site.root, csp, maxMemoryBytes });
  const compressor = createCompressor(() => cache.index, silentLogger, clock);
  cache = createFileCache({
    ...{
      clock,
      maxMemoryBytes,
      describe: createDescribeFile(
        { csp, cacheControlOf: createCacheControl([]), contentTypeOf: createContentTypes([]) },
        clock,
      ),
      reservedPaths: new Set(['/livez']),
    },
    finder: createFileFinder(nodeDisk, site.root),
    onWorthCompressing: () => undefined,
  });
  const requestMetrics = new RequestMetrics();
  requestMetrics.register(metrics);
  const logger = { ...silentLogger, request: (line: RequestLine) => void lines.push(line) };
  const serveCacheHit = createCacheHitHandler({
    ...{ index: cache.index, readCodings: createCodingReader(), clock },
    observer: createRequestObserver({ logger, metrics: requestMetrics, clock }),
  });
  const listener = createStoppableServer(
    (request, response) => {
      if (!serveCacheHit(request, response)) response.writeHead(599).end();
    },
    { readiness: createReadiness(), clock },
  );
  hitServer = listener;
  ({ port } = await listener.listen({ host: '127.0.0.1', port: 0 }));
  await whole.server.preload();
  // Preloading ignores links, so this file is compressed after a few requests.
  await waitFor('the link to be compressed', async () => {
    const { headers } = await whole.ask('/link-inside.txt', ['Accept-Encoding: gzip']);
    return headers['content-encoding'] === 'gzip';
  });
  await refresh(compressor.add);
  await compressor.idle();
});

afterAll(async () => {
  await hitServer.stop({ drainDelayMs: 0, graceMs: 0 });
  await whole.stop();
  site.remove();
});

/** Loads or validates each file. */
const refresh = async (onFound: (file: CachedFile) => void = () => undefined): Promise<void> => {
  lines = [];
  for (const path of [...hits, '/livez']) {
    const found = await cache.find(decodePath(path));
    if (found.kind !== 'cached') continue;
    onFound(found);
    found.release();
  }
};

afterEach(() => refresh());

const receive = async (where: number, head: string): Promise<string> =>
  (await exchangeRaw({ port: where, bytes: `${head}\r\n\r\n` })).replace(/\r\nDate: [^\r]+/, '');

const fixed = 'X-Request-Id: the-same-for-both';
const close = ['Host: x', 'Connection: close', fixed];

/** Header lines: ETAG and MODIFIED are replaced by those of identity, CODED by the entity tag of gzip. */
const variants: readonly (readonly [string, readonly string[], string])[] = [
  ['no other header', close, '1.1'],
  ['HTTP/1.0', [fixed], '1.0'],
  ['HTTP/1.0 and Connection: keep-alive', [fixed, 'Connection: keep-alive', 'If-None-Match: *'], '1.0'],
  ['gzip', [...close, 'Accept-Encoding: gzip'], '1.1'],
  ['br and gzip', [...close, 'Accept-Encoding: gzip, deflate, br'], '1.1'],
  ['an unsupported coding', [...close, 'Accept-Encoding: zstd'], '1.1'],
  ['its entity tag', [...close, 'If-None-Match: ETAG'], '1.1'],
  ['its entity tag, marked weak, in a list', [...close, 'If-None-Match: "a", W/ETAG'], '1.1'],
  ['its entity tag and another coding', [...close, 'If-None-Match: ETAG', 'Accept-Encoding: gzip'], '1.1'],
  ['the entity tag of its coding', [...close, 'If-None-Match: CODED', 'Accept-Encoding: gzip'], '1.1'],
  ['an asterisk', [...close, 'If-None-Match: *'], '1.1'],
  ['another entity tag', [...close, 'If-None-Match: "a"'], '1.1'],
  ['its date', [...close, 'If-Modified-Since: MODIFIED'], '1.1'],
  ['an older date', [...close, 'If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT'], '1.1'],
  ['an If-Range without a range', [...close, 'If-Range: "a"'], '1.1'],
  ['a body', [...close, 'Content-Length: 0'], '1.1'],
];

describe.each(['GET', 'HEAD'])('a cache hit by %s', (method) => {
  describe.each(hits)('of %s', (path) => {
    it.each(variants)('with %s is answered byte for byte as by Express', async (_what, given, version) => {
      const file = cache.index.findFresh(path, clock.monotonicMs());
      const fill = (line: string): string =>
        line
          .replace('ETAG', file?.identity.etag ?? '')
          .replace('CODED', file?.gzip?.etag ?? '"none"')
          .replace('MODIFIED', new Date(file?.identity.modifiedMs ?? 0).toUTCString());
      const head = (target: string): string =>
        [`${method} ${target} HTTP/${version}`, ...given.map(fill)].join('\r\n');
      const until = version === '1.0' && given.length > 1 ? undefined : 'end';
      const [byHandler, byExpress] = until
        ? [await receive(port, head(path)), await receive(whole.port, head(`${path}?a`))]
        : [await receiveHead(port, head(path)), await receiveHead(whole.port, head(`${path}?a`))];
      expect(byHandler).toBe(byExpress);
      expect(byHandler).toMatch(/^HTTP\/1\.1 (?:200|304) /);
    });
  });
});

/** Receives a response without a body on a connection that stays open. */
const receiveHead = async (where: number, head: string): Promise<string> =>
  (
    await exchangeRaw({ port: where, bytes: `${head}\r\n\r\n`, until: (text) => text.endsWith('\r\n\r\n') })
  ).replace(/\r\nDate: [^\r]+/, '');

describe('the cache hit handler', () => {
  it.each([
    ['a query', 'GET /style.css?a', []],
    ['a path that needs decoding', 'GET /with%20space.txt', []],
    ['a canonical path in another spelling', 'GET /%73tyle.css', []],
    ['an empty segment', 'GET //style.css', []],
    ['dot segments', 'GET /folder/../style.css', []],
    ['absolute-form', 'GET http://x/style.css', []],
    ['a folder without a slash', 'GET /folder', []],
    ['a missing file', 'GET /missing', []],
    ['an operational path', 'GET /livez', []],
    ['another method', 'POST /style.css', []],
    ['OPTIONS', 'OPTIONS /style.css', []],
    ['a range', 'GET /style.css', ['Range: bytes=0-1']],
    ['If-Match', 'GET /style.css', ['If-Match: *']],
    ['If-Unmodified-Since', 'GET /style.css', ['If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT']],
  ])('leaves to Express %s', async (_what, first, more) => {
    const head = [`${first} HTTP/1.1`, ...close, ...more].join('\r\n');
    await expect(receive(port, head)).resolves.toMatch(/^HTTP\/1\.1 599 /);
  });
});

describe('a cache hit', () => {
  it.each([
    ['GET', '/style.css', 19],
    ['HEAD', '/style.css', 0],
    ['GET', '/large.bin', 8_000_000],
  ])('is logged and counted once: %s %s', async (method, url, bytes) => {
    const counted = async (): Promise<number> =>
      Number(
        new RegExp(`http_requests_total\\{method="${method}",status="200"\\} (\\d+)`).exec(
          await metrics.render(),
        )?.[1] ?? 0,
      );
    const before = await counted();
    await receive(port, [`${method} ${url} HTTP/1.1`, ...close].join('\r\n'));
    await waitFor('the log line', () => lines.length > 0);
    expect(lines).toEqual([
      expect.objectContaining({ method, url, status: 200, bytes, requestId: 'the-same-for-both' }),
    ]);
    await expect(counted()).resolves.toBe(before + 1);
    await expect(metrics.render()).resolves.toContain('http_requests_in_flight 0');
  });

  it('has its own request id for each of many requests on one connection', async () => {
    const one = 'GET /style.css HTTP/1.1\r\nHost: x\r\n';
    const bytes = `${`${one}\r\n`.repeat(40)}${one}Connection: close\r\n\r\n`;
    const received = await exchangeRaw({ port, bytes });
    expect(received.split('body { color: red }')).toHaveLength(42);
    const ids = received.match(/X-Request-Id: \S+/g) ?? [];
    expect(new Set(ids).size).toBe(41);
  });

  it('retains its file for a slow client, and is logged with 499 when that client leaves', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.pause().write(`GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(3));
    const file = await waitFor('the first bytes', () => {
      const found = cache.index.findFresh('/large.bin', clock.monotonicMs());
      return found?.isRetained && found;
    });
    cache.index.remove(file);
    expect(file.freed).toBe(false);
    socket.destroy();
    await once(socket, 'close');
    await waitFor('the memory to be freed', () => file.freed);
    await waitFor('the log line', () => lines.some(({ status }) => status === 499));
  });

  it('sends a large file completely to a client that reads late, even after the file was removed from memory', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.pause().write(['GET /large.bin HTTP/1.1', ...close].join('\r\n').concat('\r\n\r\n'));
    const file = await waitFor('the first bytes', () => {
      const found = cache.index.findFresh('/large.bin', clock.monotonicMs());
      return found?.isRetained && found;
    });
    cache.index.remove(file);
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.resume();
    await once(socket, 'close');
    expect(parseRawResponse(text).body).toBe('large'.repeat(1_600_000));
    await waitFor('the memory to be freed', () => file.freed);
  });
});
