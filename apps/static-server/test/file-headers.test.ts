import { describe, expect, it } from '@jest/globals';
import { createCacheControl } from '../src/cache-control.ts';
import { nodeDisk } from '../src/disk.ts';
import { contentTagOf, describeRepresentation, factsOf, versionTagOf } from '../src/file-headers.ts';

const options = { csp: "default-src 'self'", cacheControlOf: createCacheControl([]) };
const form = { coding: undefined, etag: '"e"', size: 7 };

describe('describeRepresentation', () => {
  it('never names a Last-Modified that is later than now', async () => {
    const stats = await nodeDisk.stat('/');
    const future = { ...stats, mtimeNs: 5_000_000_000_000n };
    const facts = factsOf(['a.png'], future, { ...options, nowMs: 2_000_999 });
    expect(describeRepresentation(facts, form).okHead.headers).toEqual([
      ...['X-Request-Id', '', 'Content-Type', 'image/png', 'X-Content-Type-Options', 'nosniff'],
      ...['Cache-Control', 'no-cache', 'ETag', '"e"', 'Last-Modified', 'Thu, 01 Jan 1970 00:33:20 GMT'],
      ...['Accept-Ranges', 'bytes', 'Content-Length', '7'],
    ]);
  });

  it('of a coding tells of it, and of a 304 nothing that describes a body', async () => {
    const facts = factsOf(['a.html'], await nodeDisk.stat('/'), { ...options, nowMs: 0 });
    const { okHead, notModifiedHead } = describeRepresentation(facts, { ...form, coding: 'br' });
    const expected = ['Vary', 'Accept-Encoding', 'Content-Encoding', 'br', 'Content-Length', '7'];
    expect(okHead.headers.slice(-6)).toEqual(expected);
    expect(okHead.headers).toContain("default-src 'self'");
    expect(notModifiedHead.headers.slice(-2)).toEqual(['Vary', 'Accept-Encoding']);
    for (const name of ['Content-Type', 'Content-Length', 'Content-Encoding']) {
      expect(notModifiedHead.headers).not.toContain(name);
    }
  });
});

describe('tags', () => {
  it('of content differ by coding', () => {
    const digest = 'x'.repeat(43);
    const tags = [undefined, 'br', 'gzip'] as const;
    expect(new Set(tags.map((coding) => contentTagOf(digest, coding))).size).toBe(3);
  });

  it.each(['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)(
    'of a version differ by %s',
    async (field) => {
      const stats = await nodeDisk.stat('/');
      expect(versionTagOf({ ...stats, [field]: stats[field] + 1n })).not.toBe(versionTagOf(stats));
    },
  );
});
