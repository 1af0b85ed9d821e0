import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { isSameVersion, type OpenFile } from '../files/disk.ts';
import { fromDiskError } from '../files/disk-errors.ts';
import { readUnchanged, settleDelayMs } from '../files/read-file.ts';
import type { DescribeFile } from '../headers/representation.ts';
import type { FileFinder, FoundFolder } from '../path/file-finder.ts';
import type { RequestedPath } from '../path/request-target.ts';
import { CacheIndex, fileKey } from './cache-index.ts';
import { CachedFile } from './cached-file.ts';

export type FileCacheOptions = {
  readonly describe: DescribeFile;
  readonly finder: FileFinder;
  readonly clock: Clock;
  /** Limit for all files together. 0 keeps none in memory. */
  readonly maxMemoryBytes: number;
  /** URLs that the index never finds. */
  readonly reservedPaths: ReadonlySet<string>;
  /** Called for a file that would be worth compressing: it is requested again, or replaces a compressed one. */
  readonly onWorthCompressing: (file: CachedFile) => void;
};

/**
 * What a path leads to: a retained file in memory, which the receiver releases; an open file on the disk, which the
 * receiver closes; or a folder.
 */
export type FoundFile = CachedFile | OpenFile | FoundFolder;

export type FileCache = {
  readonly index: CacheIndex;
  /** Throws an AppError when there is no file, or none that may be served. */
  find(path: RequestedPath): Promise<FoundFile>;
};

/** Larger files are read from the disk for each request. */
export const maxCachedFileBytes = 8 * 1024 * 1024;

/** How often a file that changes during the read is read again, before it is served from the disk. */
const maxReads = 5;

/** How often to wait for a file to settle before it is read anyway: a log file may never settle. */
const maxPauses = 10;

/** Creates the read-through cache of a root's files: what fits is loaded on first use, the rest stays on the disk. */
export const createFileCache = (options: FileCacheOptions): FileCache => {
  const { describe, finder, clock, maxMemoryBytes, reservedPaths, onWorthCompressing } = options;
  const loads = new Map<string, Promise<unknown>>();

  const openSettled = async (path: RequestedPath): Promise<OpenFile | FoundFolder> => {
    for (let pauses = 0; ; pauses += 1) {
      const statMs = clock.wallMs();
      const found = await finder.open(path);
      if (found.kind === 'folder') return found;
      const waitMs = settleDelayMs(found.stats, statMs, clock.wallMs());
      if (waitMs === 0 || pauses === maxPauses) return found;
      await found.file.close();
      await pause(clock, waitMs);
    }
  };

  /** Reads an open file into `memory` and closes it. Undefined when the file changed during the read. */
  const readOpen = async (path: RequestedPath, open: OpenFile, memory: Buffer, validatedMs: number) => {
    let cached: CachedFile | undefined;
    try {
      const { stats } = open;
      const content = await readUnchanged(open, memory);
      const metadata = describe(path, stats);
      if (content) {
        cached = new CachedFile({
          ...{ path, metadata, stats, ...content, validatedMs },
          memory: index.memory,
          onRequestedAgain: onWorthCompressing,
        });
      }
      return cached;
    } catch (error) {
      throw fromDiskError(error);
    } finally {
      if (!cached) index.memory.free(memory);
      await open.file.close();
    }
  };

  /**
   * Loads a file without adding it to the index. Returns it open when it is too large, keeps changing or does not
   * fit.
   */
  const load = async (path: RequestedPath): Promise<FoundFile> => {
    for (let reads = 0; ; reads += 1) {
      const found = await openSettled(path);
      if (found.kind === 'folder') return found;
      const openedMs = clock.monotonicMs();
      const size = Number(found.stats.size);
      const memory = size > maxCachedFileBytes || reads === maxReads ? undefined : index.allocate(size);
      if (!memory) return found;
      const cached = await readOpen(path, found, memory, openedMs);
      if (cached) return cached;
    }
  };

  /** Updates a cached file by a copy that was just read, and discards the copy. False when their contents differ. */
  const keepUnchanged = (file: CachedFile, copy: CachedFile): boolean => {
    if (copy.digest !== file.digest || file.removed) return false;
    file.updateMetadata(copy.metadata, copy.stats);
    file.validatedMs = copy.validatedMs;
    copy.markRemoved();
    return true;
  };

  const addLoaded = (file: CachedFile, before: CachedFile | undefined): void => {
    index.add(file);
    if (before?.isCompressed) onWorthCompressing(file);
  };

  const loadAndAdd = async (path: RequestedPath): Promise<FoundFile> => {
    const found = await load(path);
    if (found.kind !== 'cached') return found;
    // The validation of a file may take so long that the file is read again. Its codings are kept when it is unchanged.
    const known = index.findAny(path);
    if (known && keepUnchanged(known, found)) {
      known.retain();
      return known;
    }
    found.retain();
    addLoaded(found, known);
    return found;
  };

  const validate = async (file: CachedFile): Promise<void> => {
    const startedMs = clock.monotonicMs();
    if (isSameVersion(await finder.stat(file.path), file.stats)) {
      file.validatedMs = startedMs;
      return;
    }
    const found = await load(file.path);
    if (found.kind !== 'cached') {
      if (found.kind === 'open') await found.file.close();
      throw new AppError(httpErrors.NOT_FOUND);
    }
    if (!keepUnchanged(file, found)) addLoaded(found, file);
  };

  const index = new CacheIndex({ maxBytes: maxMemoryBytes, reservedPaths, clock, validate });

  const find = async (path: RequestedPath): Promise<FoundFile> => {
    const cached = await index.acquire(path);
    if (cached) return cached;
    const key = fileKey(path);
    const otherLoad = loads.get(key);
    if (otherLoad !== undefined) {
      await otherLoad;
      return (await index.acquire(path)) ?? openSettled(path);
    }
    const loading = loadAndAdd(path);
    loads.set(
      key,
      loading.catch(() => undefined),
    );
    try {
      return await loading;
    } finally {
      loads.delete(key);
    }
  };
  return { index, find };
};
