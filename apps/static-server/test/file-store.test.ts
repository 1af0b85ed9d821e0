import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { createCacheControl } from '../src/cache-control.ts';
import { type Disk, type DiskStats, nodeDisk } from '../src/disk.ts';
import { createDescribeFile } from '../src/file-headers.ts';
import { recheckAfterMs, staleAfterMs } from '../src/file-index.ts';
import { createFileStore, type FileStore, type Found } from '../src/file-store.ts';
import { createFileFinder } from '../src/find-file.ts';
import { parsePath } from '../src/resolve-path.ts';
import { StoredFile } from '../src/stored-file.ts';
import { storedBytes } from '../src/stored-form.ts';
import { createSite, digits, type Site } from './support/site.ts';

const mebibyte = 1024 * 1024;

let site: Site;
/** What has passed: the time that freshness is judged by stands still otherwise, also on a busy machine. */
let aheadMs: number;
let opened: string[];

const clock: Clock = { ...systemClock, monotonicMs: () => 1000 + aheadMs };

const createStore = (
  maxMemoryBytes = 64 * mebibyte,
  disk: Disk = nodeDisk,
  storeClock: Clock = clock,
): FileStore => {
  const counted: Disk = {
    ...disk,
    open: (path) => {
      opened.push(path);
      return disk.open(path);
    },
  };
  return createFileStore({
    ...{ clock: storeClock, maxMemoryBytes },
    describe: createDescribeFile({ csp: undefined, cacheControlOf: createCacheControl([]) }, storeClock),
    finder: createFileFinder(counted, site.root),
    reservedPaths: new Set(['/livez']),
    onStored: () => undefined,
  });
};

/** The content of what was found, and that it was let go of. */
const contentOf = async (found: Found): Promise<string | undefined> => {
  if (found.kind === 'folder') return undefined;
  if (found.kind === 'file') {
    await found.file.close();
    return 'from the disk';
  }
  const content = found.identity.bytes.toString('latin1');
  found.release();
  return content;
};

const find = async (store: FileStore, path: string): Promise<string | undefined> =>
  contentOf(await store.find(parsePath(path)));

/** Older than what is left alone because it may be being written. */
const writeSettled = async (name: string, content: string | Buffer): Promise<void> => {
  site.write(name, content);
  await find(createStore(0), `/${name}`);
};

const isHit = (store: FileStore, url: string): boolean =>
  store.index.findFresh(url, clock.monotonicMs()) !== undefined;

beforeEach(() => {
  site = createSite();
  aheadMs = 0;
  opened = [];
});

afterEach(() => site.remove());

describe('the store', () => {
  it('reads a file once, for all who ask at the same time and after', async () => {
    const store = createStore();
    const first = await Promise.all([1, 2, 3].map(() => find(store, '/style.css')));
    expect(first).toEqual(Array(3).fill('body { color: red }'));
    opened = [];
    await expect(find(store, '/style.css')).resolves.toBe('body { color: red }');
    expect(opened).toEqual([]);
  });

  it.each(['/style.css', '/', '/index.html', '/folder/', '/folder/index.html', '/.well-known/security.txt'])(
    'answers %s at once from then on',
    async (url) => {
      const store = createStore();
      expect(isHit(store, url)).toBe(false);
      await find(store, url);
      // Names with a dot in front are left to the long way.
      expect(isHit(store, url)).toBe(!url.includes('/.'));
    },
  );

  it.each(['/livez', '/with space.txt', '/100%.txt', '/missing'])('never answers %s at once', async (url) => {
    const store = createStore();
    await find(store, '//livez');
    await find(store, '/with%20space.txt');
    await find(store, '/100%25.txt');
    expect(isHit(store, url)).toBe(false);
  });

  it('leaves a file of more than 8 MiB, and all when it may have no memory, on the disk', async () => {
    site.write('most.bin', Buffer.alloc(8 * mebibyte));
    site.write('more.bin', Buffer.alloc(8 * mebibyte + 1));
    const store = createStore();
    await expect(find(store, '/most.bin')).resolves.toHaveLength(8 * mebibyte);
    await expect(find(store, '/more.bin')).resolves.toBe('from the disk');
    await expect(find(createStore(0), '/style.css')).resolves.toBe('from the disk');
  });
});

describe('memory', () => {
  const fill = async (store: FileStore, names: readonly string[]): Promise<void> => {
    for (const name of names) await find(store, `/${name}`);
  };
  const stored = (store: FileStore): readonly string[] =>
    ['a.bin', 'b.bin', 'c.bin', 'd.bin'].filter((name) => isHit(store, `/${name}`));

  beforeEach(async () => {
    for (const name of ['a.bin', 'b.bin', 'c.bin', 'd.bin'])
      site.write(name, Buffer.alloc(mebibyte, name[0]));
    await writeSettled('style.css', 'body { color: red }');
  });

  it('is taken from the least recently used', async () => {
    const store = createStore(4.5 * mebibyte);
    await fill(store, ['a.bin', 'b.bin', 'c.bin']);
    expect(stored(store)).toEqual(['a.bin', 'b.bin', 'c.bin']);
    isHit(store, '/a.bin');
    await fill(store, ['d.bin']);
    expect(stored(store)).toEqual(['a.bin', 'c.bin', 'd.bin']);
    expect(store.index.usedBytes).toBeLessThanOrEqual(4.5 * mebibyte);
  });

  it('is not taken from a file that is being sent, and then a further one stays on the disk', async () => {
    const store = createStore(3 * mebibyte);
    const held = [await store.find(parsePath('/a.bin')), await store.find(parsePath('/b.bin'))];
    await expect(find(store, '/c.bin')).resolves.toBe('from the disk');
    expect(stored(store)).toEqual(['a.bin', 'b.bin']);
    for (const found of held) await contentOf(found);
    await expect(find(store, '/c.bin')).resolves.toHaveLength(mebibyte);
  });

  it('of a file that was dropped while it was being sent is given back when that is over, and not before', async () => {
    const store = createStore();
    const found = await store.find(parsePath('/a.bin'));
    if (!(found instanceof StoredFile)) throw new Error('not in memory');
    const used = store.index.usedBytes;
    store.index.remove(found);
    expect(found.identity.bytes.toString()).toBe('a'.repeat(mebibyte));
    expect(store.index.usedBytes).toBe(used);
    found.release();
    expect(found.freed).toBe(true);
    expect(store.index.usedBytes).toBe(0);
  });

  it.each([
    [3500, 'Buffer', 'and no text of it is made when there is no room for one'],
    [5000, 'string', 'and a text of it is made and counted when there is room'],
  ])('of %d bytes holds a small file that is in demand as a %s, %s', async (maxBytes, kind) => {
    const store = createStore(maxBytes);
    await fill(store, ['digits.txt']);
    const file = store.index.findFresh('/digits.txt', clock.monotonicMs());
    const bodies = Array.from({ length: 40 }, () => file?.bodyOf(file.identity));
    expect(typeof bodies.at(-1) === 'string' ? 'string' : 'Buffer').toBe(kind);
    expect(new Set(bodies.map(String))).toEqual(new Set([digits]));
    expect(store.index.usedBytes).toBe(storedBytes(1000) + (kind === 'string' ? 1000 : 0));
    expect(file?.bytes).toBe(store.index.usedBytes);
    if (file) store.index.remove(file);
    expect(store.index.usedBytes).toBe(0);
  });

  it('that was taken is all given back', async () => {
    const store = createStore();
    await fill(store, ['a.bin', 'style.css', '', 'folder/']);
    for (const url of ['/a.bin', '/style.css', '/', '/folder/']) {
      const file = store.index.findFresh(url, clock.monotonicMs());
      for (let sent = 0; sent < 20; sent += 1) if (file) file.bodyOf(file.identity);
      if (file) store.index.remove(file);
    }
    expect([store.index.usedBytes, store.index.files]).toEqual([0, 0]);
  });
});

describe('a file that changes', () => {
  const pass = (ms: number): void => {
    aheadMs += ms;
  };

  it('is not looked at again for half a second, then looked at while it is served, and not served unseen after that', async () => {
    const store = createStore();
    await find(store, '/style.css');
    site.write('style.css', 'changed');
    pass(recheckAfterMs - 100);
    await expect(find(store, '/style.css')).resolves.toBe('body { color: red }');
    pass(200);
    expect(isHit(store, '/style.css')).toBe(true);
    const file = store.index.findFresh('/style.css', clock.monotonicMs());
    await file?.checking;
    await expect(find(store, '/style.css')).resolves.toBe('changed');
    site.write('style.css', 'again');
    pass(staleAfterMs + 1);
    expect(isHit(store, '/style.css')).toBe(false);
    await expect(find(store, '/style.css')).resolves.toBe('again');
    expect(staleAfterMs).toBeLessThan(1000);
  });

  it.each([
    ['is gone', () => rmSync(join(site.root, 'style.css'))],
    [
      'became a link out of the root',
      () => {
        rmSync(join(site.root, 'style.css'));
        symlinkSync('../secret.txt', join(site.root, 'style.css'));
      },
    ],
  ])('is no longer served when it %s', async (_what, change) => {
    const store = createStore();
    await find(store, '/style.css');
    change();
    pass(1000);
    await expect(find(store, '/style.css')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect([store.index.files, store.index.usedBytes]).toEqual([0, 0]);
  });

  it('keeps its tag and its memory when only its time changed', async () => {
    const store = createStore();
    await find(store, '/style.css');
    const before = store.index.findFresh('/style.css', clock.monotonicMs());
    const { etag } = before?.identity ?? {};
    const used = store.index.usedBytes;
    utimesSync(join(site.root, 'style.css'), 0, 0);
    pass(1000);
    await find(store, '/style.css');
    const after = store.index.findFresh('/style.css', clock.monotonicMs());
    expect(after).toBe(before);
    expect(after?.identity.etag).toBe(etag);
    expect(after?.identity.okHead.headers).toContain('Thu, 01 Jan 1970 00:00:00 GMT');
    expect(store.index.usedBytes).toBe(used);
  });

  it('has the tag of its content: the same on another server, and again when the content is back', async () => {
    const tag = async (store: FileStore): Promise<string | undefined> => {
      await find(store, '/style.css');
      return store.index.findFresh('/style.css', clock.monotonicMs())?.identity.etag;
    };
    const store = createStore();
    const first = await tag(store);
    site.write('style.css', 'other');
    pass(1000);
    const second = await tag(store);
    writeFileSync(join(site.root, 'new'), 'body { color: red }');
    renameSync(join(site.root, 'new'), join(site.root, 'style.css'));
    pass(1000);
    expect(first).not.toBe(second);
    await expect(tag(store)).resolves.toBe(first);
    await expect(tag(createStore())).resolves.toBe(first);
  });

  it('is read again when it was written to while it was read', async () => {
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
    await expect(find(createStore(mebibyte, disk), '/torn.txt')).resolves.toBe('version 0');
  });

  it('in place is never seen half, though its writer pauses between its writes', async () => {
    // A disk whose times are those of a clock that moves only while the store waits; so does the writer.
    let [wallMs, writtenMs] = [5_000_000, 4_000_000];
    const rest: string[] = [];
    const write = (content: string): void => {
      site.write('slow.txt', content);
      writtenMs = wallMs;
    };
    const told = (stats: DiskStats): DiskStats =>
      Object.assign(stats, { ctimeNs: BigInt(writtenMs) * 1_000_000n });
    const disk: Disk = {
      ...nodeDisk,
      open: async (path) => {
        const file = await nodeDisk.open(path);
        return { ...file, stat: async () => told(await file.stat()) };
      },
      stat: async (path) => told(await nodeDisk.stat(path)),
    };
    const slowClock: Clock = {
      ...clock,
      wallMs: () => wallMs,
      after: (ms, callback) => {
        for (const untilMs = wallMs + ms; wallMs < untilMs; ) {
          wallMs = Math.min(untilMs, wallMs + 20);
          const content = rest.shift();
          if (content !== undefined) write(content);
        }
        setImmediate(callback);
        return { cancel: () => undefined };
      },
    };
    site.write('slow.txt', 'a'.repeat(3000));
    const store = createStore(mebibyte, disk, slowClock);
    await expect(find(store, '/slow.txt')).resolves.toBe('a'.repeat(3000));
    rest.push('b'.repeat(1000), 'b'.repeat(2000), 'b'.repeat(2500), 'b'.repeat(3000));
    write('');
    pass(1000);
    await expect(find(store, '/slow.txt')).resolves.toBe('b'.repeat(3000));
    expect(rest).toEqual([]);
  });

  it('while it is looked at is not taken for settled because the machine was busy since', async () => {
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
    await find(createStore(mebibyte, disk, busyClock), '/style.css');
    expect(opened).toHaveLength(2);
  });

  it('and never rests is served all the same', async () => {
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
    await expect(find(createStore(mebibyte, disk), '/growing.log')).resolves.toMatch(
      /^(?:one more line\n)+$/,
    );
  });
});
