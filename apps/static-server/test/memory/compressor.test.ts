import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import { nodeDisk } from '../../src/files/disk.ts';
import { createCacheControl } from '../../src/headers/cache-control.ts';
import { createContentTypes } from '../../src/headers/content-type.ts';
import { createDescribeFile } from '../../src/headers/representation.ts';
import type { CachedFile } from '../../src/memory/cached-file.ts';
import { type Compressor, createCompressor } from '../../src/memory/compressor.ts';
import { createFileCache, type FileCache } from '../../src/memory/file-cache.ts';
import { createFileFinder } from '../../src/path/file-finder.ts';
import { decodePath } from '../../src/path/request-target.ts';
import { createSite, type Site } from '../support/site.ts';

let site: Site;
let cache: FileCache;
let compressor: Compressor;
/** The pauses that the compressor asked for, which last until a test ends them. */
let pauses: { readonly ms: number; readonly end: () => void; cancelled: boolean }[];
let onPause: () => void;
let nowMs: number;
const clock: Clock = {
  ...systemClock,
  // Every look at the clock finds it 100 ms later.
  monotonicMs: () => {
    nowMs += 100;
    return nowMs;
  },
  after: (ms, end) => {
    const timer = { ms, end, cancelled: false };
    pauses.push(timer);
    onPause();
    return {
      cancel: () => {
        timer.cancelled = true;
      },
    };
  },
};

beforeEach(() => {
  site = createSite();
  pauses = [];
  onPause = () => undefined;
  nowMs = 0;
  compressor = createCompressor(() => cache.index, silentLogger, clock, 3);
  cache = createFileCache({
    describe: createDescribeFile(
      { csp: undefined, cacheControlOf: createCacheControl([]), contentTypeOf: createContentTypes([]) },
      systemClock,
    ),
    finder: createFileFinder(nodeDisk, site.root),
    clock: systemClock,
    maxMemoryBytes: 64 * 1024 * 1024,
    reservedPaths: new Set(),
    onWorthCompressing: (file) => compressor.suggest(file),
  });
});
afterEach(() => {
  compressor.stop();
  site.remove();
});

const load = async (name: string, content = `${name} `.repeat(1000)): Promise<CachedFile> => {
  site.write(name, content);
  const found = await cache.find(decodePath(`/${name}`));
  if (found.kind !== 'cached') throw new Error(`${name} is not in memory`);
  found.release();
  return found;
};
const request = (file: CachedFile, times: number): void => {
  for (let sent = 0; sent < times; sent += 1) file.bodyOf(file.identity);
};
const untilPause = (count: number): Promise<void> =>
  new Promise((resolve) => {
    onPause = () => {
      if (pauses.length >= count) resolve();
    };
    onPause();
  });

describe('the compressor', () => {
  it('does nothing for a file that was requested once', async () => {
    const once = await load('once.txt');
    const twice = await load('twice.txt');
    request(once, 1);
    request(twice, 2);
    await untilPause(1);
    pauses[0]?.end();
    expect([twice.isCompressed, once.isCompressed]).toEqual([true, false]);
    expect(pauses).toHaveLength(1);
  });

  it('takes the most requested file next, and rests nine times as long as it worked', async () => {
    const first = await load('first.txt');
    const rare = await load('rare.txt');
    const popular = await load('popular.txt');
    request(first, 2);
    request(rare, 2);
    request(popular, 9);
    await untilPause(1);
    expect(pauses[0]?.ms).toBe(900);
    expect([first, popular, rare].map((file) => file.isCompressed)).toEqual([true, false, false]);
    pauses[0]?.end();
    await untilPause(2);
    expect([popular.isCompressed, rare.isCompressed]).toEqual([true, false]);
    pauses[1]?.end();
    await untilPause(3);
    expect(rare.isCompressed).toBe(true);
  });

  it('keeps a bounded number of files waiting, and forgets the least requested one', async () => {
    const first = await load('first.txt');
    const rare = await load('rare.txt');
    request(first, 2);
    request(rare, 2);
    for (const name of ['a.txt', 'b.txt', 'c.txt']) request(await load(name), 4);
    for (const taken of [1, 2, 3, 4]) {
      await untilPause(taken);
      pauses[taken - 1]?.end();
    }
    expect(pauses).toHaveLength(4);
    expect([first.isCompressed, rare.isCompressed]).toEqual([true, false]);
    // It is remembered when it is requested more often.
    request(rare, 2);
    await untilPause(5);
    expect(rare.isCompressed).toBe(true);
  });

  it('compresses a file once, also one that does not get smaller', async () => {
    const random = await load('random.txt', 'a');
    request(random, 2);
    await untilPause(1);
    pauses[0]?.end();
    request(random, 62);
    expect([pauses.length, random.isCompressed]).toEqual([1, false]);
  });

  it('compresses the new content of a file that was compressed', async () => {
    const before = await load('page.html');
    compressor.add(before);
    await compressor.idle();
    site.write('page.html', 'new content '.repeat(1000));
    await cache.index.validate(before);
    await untilPause(1);
    const found = cache.index.findAny(decodePath('/page.html'));
    expect([found === before, found?.isCompressed]).toEqual([false, true]);
  });

  it('has no timer left and starts nothing once it is stopped', async () => {
    request(await load('first.txt'), 2);
    await untilPause(1);
    const second = await load('second.txt');
    compressor.stop();
    expect(pauses[0]?.cancelled).toBe(true);
    request(second, 2);
    compressor.add(second);
    await compressor.idle();
    expect(second.isCompressed).toBe(false);
  });
});
