import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { type Disk, type DiskStats, nodeDisk } from '../../src/files/disk.ts';
import { createCacheControl } from '../../src/headers/cache-control.ts';
import { createContentTypes } from '../../src/headers/content-type.ts';
import { createDescribeFile } from '../../src/headers/representation.ts';
import { revalidateAfterMs, staleAfterMs } from '../../src/memory/cache-index.ts';
import { representationBytes } from '../../src/memory/cache-memory.ts';
import { CachedFile } from '../../src/memory/cached-file.ts';
import { createFileCache, type FileCache, type FoundFile } from '../../src/memory/file-cache.ts';
import { createFileFinder } from '../../src/path/file-finder.ts';
import { decodePath } from '../../src/path/request-target.ts';
import { createSite, digits, type Site } from '../support/site.ts';

const mebibyte = 1024 * 1024;

let site: Site;
/**
 * How far the test advanced the monotonic clock, which otherwise stands still, so that a slow machine changes
 * nothing.
 */
let aheadMs: number;
let opened: string[];

const clock: Clock = { ...systemClock, monotonicMs: () => 1000 + aheadMs };

const createCache = (
  maxMemoryBytes = 64 * mebibyte,
  disk: Disk = nodeDisk,
  cacheClock: Clock = clock,
): FileCache => {
  const counted: Disk = {
    ...disk,
    open: (path) => {
      opened.push(path);
      return disk.open(path);
    },
  };
  return createFileCache({
    ...{ clock: cacheClock, maxMemoryBytes },
    describe: createDescribeFile(
      { csp: undefined, cacheControlOf: createCacheControl([]), contentTypeOf: createContentTypes([]) },
      cacheClock,
    ),
    finder: createFileFinder(counted, site.root),
    reservedPaths: new Set(['/livez']),
    onWorthCompressing: () => undefined,
  });
};

/** Releases or closes what was found, and returns its content. */
const contentOf = async (found: FoundFile): Promise<string | undefined> => {
  if (found.kind === 'folder') return undefined;
  if (found.kind === 'open') {
    await found.file.close();
    return 'from the disk';
  }
  const content = found.identity.bytes.toString('latin1');
  found.release();
  return content;
};

const find = async (cache: FileCache, path: string): Promise<string | undefined> =>
  contentOf(await cache.find(decodePath(path)));

/** Writes a file and waits until it has settled. */
const writeSettled = async (name: string, content: string | Buffer): Promise<void> => {
  site.write(name, content);
  await find(createCache(0), `/${name}`);
};

const isHit = (cache: FileCache, url: string): boolean =>
  cache.index.findFresh(url, clock.monotonicMs()) !== undefined;

beforeEach(() => {
  site = createSite();
  aheadMs = 0;
  opened = [];
});

afterEach(() => site.remove());

describe('createFileCache', () => {
  it('reads a file once for simultaneous and later requests', async () => {
    const cache = createCache();
    const first = await Promise.all([1, 2, 3].map(() => find(cache, '/style.css')));
    expect(first).toEqual(Array(3).fill('body { color: red }'));
    opened = [];
    await expect(find(cache, '/style.css')).resolves.toBe('body { color: red }');
    expect(opened).toEqual([]);
  });

  it.each(['/style.css', '/', '/index.html', '/folder/', '/folder/index.html', '/.well-known/security.txt'])(
    'finds %s by its URL after the first request',
    async (url) => {
      const cache = createCache();
      expect(isHit(cache, url)).toBe(false);
      await find(cache, url);
      // A segment that begins with a dot is not canonical: Express serves it.
      expect(isHit(cache, url)).toBe(!url.includes('/.'));
    },
  );

  it.each(['/livez', '/with space.txt', '/100%.txt', '/missing'])(
    'never finds %s by its URL',
    async (url) => {
      const cache = createCache();
      await find(cache, '//livez');
      await find(cache, '/with%20space.txt');
      await find(cache, '/100%25.txt');
      expect(isHit(cache, url)).toBe(false);
    },
  );

  it('leaves files larger than 8 MiB on the disk, and all files when it may use no memory', async () => {
    site.write('most.bin', Buffer.alloc(8 * mebibyte));
    site.write('more.bin', Buffer.alloc(8 * mebibyte + 1));
    const cache = createCache();
    await expect(find(cache, '/most.bin')).resolves.toHaveLength(8 * mebibyte);
    await expect(find(cache, '/more.bin')).resolves.toBe('from the disk');
    await expect(find(createCache(0), '/style.css')).resolves.toBe('from the disk');
  });
});

describe('the memory of the file cache', () => {
  const fill = async (cache: FileCache, names: readonly string[]): Promise<void> => {
    for (const name of names) await find(cache, `/${name}`);
  };
  const cachedNames = (cache: FileCache): readonly string[] =>
    ['a.bin', 'b.bin', 'c.bin', 'd.bin'].filter((name) => isHit(cache, `/${name}`));

  beforeEach(async () => {
    for (const name of ['a.bin', 'b.bin', 'c.bin', 'd.bin'])
      site.write(name, Buffer.alloc(mebibyte, name[0]));
    await writeSettled('style.css', 'body { color: red }');
  });

  it('is freed by evicting the least recently used file', async () => {
    const cache = createCache(4.5 * mebibyte);
    await fill(cache, ['a.bin', 'b.bin', 'c.bin']);
    expect(cachedNames(cache)).toEqual(['a.bin', 'b.bin', 'c.bin']);
    isHit(cache, '/a.bin');
    await fill(cache, ['d.bin']);
    expect(cachedNames(cache)).toEqual(['a.bin', 'c.bin', 'd.bin']);
    expect(cache.index.usedBytes).toBeLessThanOrEqual(4.5 * mebibyte);
  });

  it('is not taken from a file that is being sent, so another file stays on the disk', async () => {
    const cache = createCache(3 * mebibyte);
    const retained = [await cache.find(decodePath('/a.bin')), await cache.find(decodePath('/b.bin'))];
    await expect(find(cache, '/c.bin')).resolves.toBe('from the disk');
    expect(cachedNames(cache)).toEqual(['a.bin', 'b.bin']);
    for (const found of retained) await contentOf(found);
    await expect(find(cache, '/c.bin')).resolves.toHaveLength(mebibyte);
  });

  it('of a file that was removed while it was being sent is freed when that ends, and not before', async () => {
    const cache = createCache();
    const found = await cache.find(decodePath('/a.bin'));
    if (!(found instanceof CachedFile)) throw new Error('not in memory');
    const used = cache.index.usedBytes;
    cache.index.remove(found);
    expect(found.identity.bytes.toString()).toBe('a'.repeat(mebibyte));
    expect(cache.index.usedBytes).toBe(used);
    found.release();
    expect(found.freed).toBe(true);
    expect(cache.index.usedBytes).toBe(0);
  });

  it.each([
    [3500, 'Buffer', 'when there is no room for a string'],
    [5000, 'string', 'and counts the string, when there is room'],
  ])('of %d bytes holds a small file that is requested often as a %s %s', async (maxBytes, kind) => {
    const cache = createCache(maxBytes);
    await fill(cache, ['digits.txt']);
    const file = cache.index.findFresh('/digits.txt', clock.monotonicMs());
    const bodies = Array.from({ length: 40 }, () => file?.bodyOf(file.identity));
    expect(typeof bodies.at(-1) === 'string' ? 'string' : 'Buffer').toBe(kind);
    expect(new Set(bodies.map(String))).toEqual(new Set([digits]));
    expect(cache.index.usedBytes).toBe(representationBytes(1000) + (kind === 'string' ? 1000 : 0));
    expect(file?.bytes).toBe(cache.index.usedBytes);
    if (file) cache.index.remove(file);
    expect(cache.index.usedBytes).toBe(0);
  });

  it('is completely freed when all files are removed', async () => {
    const cache = createCache();
    await fill(cache, ['a.bin', 'style.css', '', 'folder/']);
    for (const url of ['/a.bin', '/style.css', '/', '/folder/']) {
      const file = cache.index.findFresh(url, clock.monotonicMs());
      for (let sent = 0; sent < 20; sent += 1) if (file) file.bodyOf(file.identity);
      if (file) cache.index.remove(file);
    }
    expect([cache.index.usedBytes, cache.index.files]).toEqual([0, 0]);
  });
});

describe('a cached file that changes', () => {
  const advance = (ms: number): void => {
    aheadMs += ms;
  };

  it('is served without validation for half a second, then while it is validated, and not without validation after 0.9 s', async () => {
    const cache = createCache();
    await find(cache, '/style.css');
    site.write('style.css', 'changed');
    advance(revalidateAfterMs - 100);
    await expect(find(cache, '/style.css')).resolves.toBe('body { color: red }');
    advance(200);
    expect(isHit(cache, '/style.css')).toBe(true);
    const file = cache.index.findFresh('/style.css', clock.monotonicMs());
    await file?.validation;
    await expect(find(cache, '/style.css')).resolves.toBe('changed');
    site.write('style.css', 'again');
    advance(staleAfterMs + 1);
    expect(isHit(cache, '/style.css')).toBe(false);
    await expect(find(cache, '/style.css')).resolves.toBe('again');
    expect(staleAfterMs).toBeLessThan(1000);
  });

  it.each([
    ['was deleted', () => rmSync(join(site.root, 'style.css'))],
    [
      'became a link out of the root',
      () => {
        rmSync(join(site.root, 'style.css'));
        symlinkSync('../secret.txt', join(site.root, 'style.css'));
      },
    ],
  ])('is not served any more when it %s', async (_what, change) => {
    const cache = createCache();
    await find(cache, '/style.css');
    change();
    advance(1000);
    await expect(find(cache, '/style.css')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([cache.index.files, cache.index.usedBytes]).toEqual([0, 0]);
  });

  it('keeps its entity tag and its memory when only its time changed', async () => {
    const cache = createCache();
    await find(cache, '/style.css');
    const before = cache.index.findFresh('/style.css', clock.monotonicMs());
    const { etag } = before?.identity ?? {};
    const used = cache.index.usedBytes;
    utimesSync(join(site.root, 'style.css'), 0, 0);
    advance(1000);
    await find(cache, '/style.css');
    const after = cache.index.findFresh('/style.css', clock.monotonicMs());
    expect(after).toBe(before);
    expect(after?.identity.etag).toBe(etag);
    expect(after?.identity.okHeader.fields).toContain('Thu, 01 Jan 1970 00:00:00 GMT');
    expect(cache.index.usedBytes).toBe(used);
  });

  it('has the entity tag of its content: the same on another server, and again when the content is restored', async () => {
    const tag = async (cache: FileCache): Promise<string | undefined> => {
      await find(cache, '/style.css');
      return cache.index.findFresh('/style.css', clock.monotonicMs())?.identity.etag;
    };
    const cache = createCache();
    const first = await tag(cache);
    site.write('style.css', 'other');
    advance(1000);
    const second = await tag(cache);
    writeFileSync(join(site.root, 'new'), 'body { color: red }');
    renameSync(join(site.root, 'new'), join(site.root, 'style.css'));
    advance(1000);
    expect(first).not.toBe(second);
    await expect(tag(cache)).resolves.toBe(first);
    await expect(tag(createCache())).resolves.toBe(first);
  });

  it('is read again when it was written to during the read', async () => {
    let changes = 2;
    const disk: Disk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        return {
          ...file,
          read: async (buffer, at) => {
            const bytesRead = await file.read(buffer, at);
            changes -= 1;
            if (changes >= 0) site.write('torn.txt', `version ${changes}`);
            return bytesRead;
          },
        };
      },
    };
    site.write('torn.txt', 'version 2');
    await expect(find(createCache(mebibyte, disk), '/torn.txt')).resolves.toBe('version 0');
  });

  it('keeps its codings when its validation takes so long that the file is read again', async () => {
    let isSlow = false;
    const disk: Disk = {
      ...nodeDisk,
      stat: async (path) => {
        if (isSlow) advance(staleAfterMs + 1);
        return nodeDisk.stat(path);
      },
    };
    const cache = createCache(mebibyte, disk);
    const first = await cache.find(decodePath('/style.css'));
    if (first.kind !== 'cached') throw new Error('the file was not cached');
    first.addCoding('br', Buffer.from('compressed'));
    first.release();
    advance(staleAfterMs + 1);
    isSlow = true;
    opened = [];
    const again = await cache.find(decodePath('/style.css'));
    expect(again).toBe(first);
    expect(opened).not.toEqual([]);
    first.release();
    expect(first.representationFor(['br']).coding).toBe('br');
  });

  it('in place is never served incomplete, although its writer pauses between writes', async () => {
    // The clock of this disk advances only while the cache waits, and the writer writes only then.
    let [wallMs, writtenMs] = [5_000_000, 4_000_000];
    const pendingWrites: string[] = [];
    const write = (content: string): void => {
      site.write('slow.txt', content);
      writtenMs = wallMs;
    };
    const withCtime = (stats: DiskStats): DiskStats =>
      Object.assign(stats, { ctimeNs: BigInt(writtenMs) * 1_000_000n });
    const disk: Disk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        return { ...file, stat: async () => withCtime(await file.stat()) };
      },
      stat: async (path) => withCtime(await nodeDisk.stat(path)),
    };
    const slowClock: Clock = {
      ...clock,
      wallMs: () => wallMs,
      after: (ms, callback) => {
        for (const untilMs = wallMs + ms; wallMs < untilMs; ) {
          wallMs = Math.min(untilMs, wallMs + 20);
          const content = pendingWrites.shift();
          if (content !== undefined) write(content);
        }
        setImmediate(callback);
        return { cancel: () => undefined };
      },
    };
    site.write('slow.txt', 'a'.repeat(3000));
    const cache = createCache(mebibyte, disk, slowClock);
    await expect(find(cache, '/slow.txt')).resolves.toBe('a'.repeat(3000));
    pendingWrites.push('b'.repeat(1000), 'b'.repeat(2000), 'b'.repeat(2500), 'b'.repeat(3000));
    write('');
    advance(1000);
    await expect(find(cache, '/slow.txt')).resolves.toBe('b'.repeat(3000));
    expect(pendingWrites).toEqual([]);
  });

  it('while its stats are requested is not taken for settled, although a busy machine returns them late', async () => {
    let wallMs = 5_000_000;
    const changedMs = wallMs + 10;
    const disk: Disk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        const stat = async (): Promise<DiskStats> => {
          wallMs += 200;
          return Object.assign(await file.stat(), { ctimeNs: BigInt(changedMs) * 1_000_000n });
        };
        return { ...file, stat };
      },
    };
    const busyClock: Clock = {
      ...clock,
      wallMs: () => wallMs,
      after: (ms, callback) => {
        wallMs += ms;
        setImmediate(callback);
        return { cancel: () => undefined };
      },
    };
    await find(createCache(mebibyte, disk, busyClock), '/style.css');
    expect(opened).toHaveLength(2);
  });

  it('and never settles is served anyway', async () => {
    let lines = '';
    site.write('growing.log', lines);
    const disk: Disk = {
      ...nodeDisk,
      open: (path) => {
        lines += 'one more line\n';
        site.write('growing.log', lines);
        return nodeDisk.open(path);
      },
    };
    await expect(find(createCache(mebibyte, disk), '/growing.log')).resolves.toMatch(
      /^(?:one more line\n)+$/,
    );
  });
});
