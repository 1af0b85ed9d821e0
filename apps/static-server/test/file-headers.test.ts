import { describe, expect, it } from '@jest/globals';
import { nodeDisk } from '../src/disk.ts';
import { cacheControlOf, fileHeadersOf } from '../src/file-headers.ts';

describe('cacheControlOf', () => {
  it.each([
    'app.3f2a9c1b.js',
    'app-3f2a9c1b.js',
    'app.3f2a9c1b.js.map',
    'picture.0123456789abcdef0123456789abcdef.webp',
    '3f2a9c1b.3f2a9c1b.css',
  ])('keeps %s for ever', (name) => {
    expect(cacheControlOf(name)).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    'index.html',
    'app.js',
    'app.min.js',
    'app.3f2a9c1.js',
    'app.3F2A9C1B.js',
    'app.3f2a9c1g.js',
    'app_3f2a9c1b.js',
    '3f2a9c1b.js',
    'app.3f2a9c1b',
    'photo-20261121.jpg',
    'photo.20261121.jpg',
    'a.deadbeef.js',
    'jquery-3.7.1.min.js',
    'hanken-grotesk-latin-wght-normal.woff2',
  ])('asks again for %s', (name) => {
    expect(cacheControlOf(name)).toBe('no-cache');
  });
});

describe('fileHeadersOf', () => {
  it('never names a Last-Modified that is later than now', async () => {
    const file = await nodeDisk.open('/');
    const found = { kind: 'file', name: 'a.txt', size: 1, modifiedMs: 5_000_000, etag: '"e"', file } as const;
    expect(fileHeadersOf(found, { csp: undefined, nowMs: 2_000_000 })).toEqual({
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
      ETag: '"e"',
      'Last-Modified': 'Thu, 01 Jan 1970 00:33:20 GMT',
      'Accept-Ranges': 'bytes',
    });
    await file.close();
  });
});
