import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { nodeDisk } from '../../src/files/disk.ts';
import { createCacheControl } from '../../src/headers/cache-control.ts';
import { createContentTypes } from '../../src/headers/content-type.ts';
import {
  contentEtag,
  createDescribeFile,
  createRepresentation,
  type DescribeFile,
  statsEtag,
} from '../../src/headers/representation.ts';

const describeAt = (nowMs: number): DescribeFile =>
  createDescribeFile(
    {
      csp: "default-src 'self'",
      cacheControlOf: createCacheControl([]),
      contentTypeOf: createContentTypes([]),
    },
    { ...systemClock, wallMs: () => nowMs },
  );
const pathOf = (name: string) => ({ segments: [name], isFolder: false });
const identity = { coding: undefined, etag: '"e"', size: 7 };

describe('createRepresentation', () => {
  it('never sends a Last-Modified later than now', async () => {
    const stats = await nodeDisk.stat('/');
    const future = { ...stats, mtimeNs: 5_000_000_000_000n };
    const metadata = describeAt(2_000_999)(pathOf('a.png'), future);
    expect(createRepresentation(metadata, identity).okHeader.fields).toEqual([
      ...['X-Request-Id', '', 'Content-Type', 'image/png', 'X-Content-Type-Options', 'nosniff'],
      ...['Cache-Control', 'no-cache', 'ETag', '"e"', 'Last-Modified', 'Thu, 01 Jan 1970 00:33:20 GMT'],
      ...['Accept-Ranges', 'bytes', 'Content-Length', '7'],
    ]);
  });

  it('sends Content-Encoding for a coding, and no field about the body with a 304', async () => {
    const metadata = describeAt(0)(pathOf('a.html'), await nodeDisk.stat('/'));
    const { okHeader, notModifiedHeader } = createRepresentation(metadata, { ...identity, coding: 'br' });
    const expected = ['Vary', 'Accept-Encoding', 'Content-Encoding', 'br', 'Content-Length', '7'];
    expect(okHeader.fields.slice(-6)).toEqual(expected);
    expect(okHeader.fields).toContain("default-src 'self'");
    expect(notModifiedHeader.fields.slice(-2)).toEqual(['Vary', 'Accept-Encoding']);
    for (const name of ['Content-Type', 'Content-Length', 'Content-Encoding']) {
      expect(notModifiedHeader.fields).not.toContain(name);
    }
  });
});

describe('contentEtag', () => {
  it('differs for each coding of the same content', () => {
    const digest = 'x'.repeat(43);
    const codings = [undefined, 'br', 'gzip'] as const;
    expect(new Set(codings.map((coding) => contentEtag(digest, coding))).size).toBe(3);
  });
});

describe('statsEtag', () => {
  it.each(['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const)('differs when %s differs', async (field) => {
    const stats = await nodeDisk.stat('/');
    expect(statsEtag({ ...stats, [field]: stats[field] + 1n })).not.toBe(statsEtag(stats));
  });
});
