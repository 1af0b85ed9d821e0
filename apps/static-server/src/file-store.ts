import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { fromDiskError } from './disk-error.ts';
import type { DescribeFile } from './file-headers.ts';
import { FileIndex } from './file-index.ts';
import { keyOf } from './file-urls.ts';
import { type FileFinder, type FoundFolder, isSameVersion, type OpenFile } from './find-file.ts';
import { readUnchanged, unsettledMs } from './read-file.ts';
import type { RequestedPath } from './resolve-path.ts';
import { StoredFile } from './stored-file.ts';

export type FileStoreOptions = {
  readonly describe: DescribeFile;
  readonly finder: FileFinder;
  readonly clock: Clock;
  /** Of all files together; with 0 none is kept in memory. */
  readonly maxMemoryBytes: number;
  /** URLs that are never answered by the index alone. */
  readonly reservedPaths: ReadonlySet<string>;
  /** Told of each file that came into memory. */
  readonly onStored: (file: StoredFile) => void;
};

/** A file in memory, held until whoever asked releases it; one to be read from the disk, and closed; or a folder. */
export type Found = StoredFile | OpenFile | FoundFolder;

export type FileStore = {
  readonly index: FileIndex;
  /** Throws an AppError when there is no file, or none that may be served. */
  find(path: RequestedPath): Promise<Found>;
};

/** Larger files are read from the disk each time. */
export const maxFileBytes = 8 * 1024 * 1024;

/** How often a file is read that changes while it is being read, before it is left to the disk. */
const maxReads = 5;

/** How often a file that is being written is left alone, before it is read all the same: a log never rests. */
const maxPauses = 10;

/** Makes the store of a root's files: from memory what fits, read on first use; all else from the disk. */
export const createFileStore = (options: FileStoreOptions): FileStore => {
  const { describe, finder, clock, maxMemoryBytes, reservedPaths, onStored } = options;
  const loads = new Map<string, Promise<unknown>>();

  /** Opens a file that has not been written to for a moment, or that never rests. */
  const openSettled = async (path: RequestedPath): Promise<OpenFile | FoundFolder> => {
    for (let pauses = 0; ; pauses += 1) {
      const askedMs = clock.wallMs();
      const found = await finder.open(path);
      if (found.kind === 'folder') return found;
      const waitMs = unsettledMs(found.stats, askedMs, clock.wallMs());
      if (waitMs === 0 || pauses === maxPauses) return found;
      await found.file.close();
      await pause(clock, waitMs);
    }
  };

  /** Reads an open file into the memory that was taken for it, and closes it. */
  const readStored = async (path: RequestedPath, found: OpenFile, memory: Buffer, checkedMs: number) => {
    let stored: StoredFile | undefined;
    try {
      const { stats } = found;
      const read = await readUnchanged(found, memory);
      const facts = describe(path, stats);
      if (read) stored = new StoredFile({ path, facts, stats, ...read, memory: index.memory, checkedMs });
      return stored;
    } catch (error) {
      throw fromDiskError(error);
    } finally {
      if (!stored) index.memory.giveBack(memory);
      await found.file.close();
    }
  };

  /** The file, in memory but not yet in the index; or open, when it is too large, never rests or finds no room. */
  const load = async (path: RequestedPath): Promise<Found> => {
    for (let reads = 0; ; reads += 1) {
      const found = await openSettled(path);
      if (found.kind === 'folder') return found;
      const openedMs = clock.monotonicMs();
      const size = Number(found.stats.size);
      const memory = size > maxFileBytes || reads === maxReads ? undefined : index.take(size);
      if (!memory) return found;
      const stored = await readStored(path, found, memory, openedMs);
      if (stored) return stored;
    }
  };

  const loadAndAdd = async (path: RequestedPath): Promise<Found> => {
    const found = await load(path);
    if (found.kind !== 'stored') return found;
    found.hold();
    index.add(found);
    onStored(found);
    return found;
  };

  /** Verifies that the disk still holds what is in memory; if not, takes the new file in, or the old one out. */
  const check = async (file: StoredFile): Promise<void> => {
    const beganMs = clock.monotonicMs();
    if (isSameVersion(await finder.stat(file.path), file.stats)) {
      file.checkedMs = beganMs;
      return;
    }
    const found = await load(file.path);
    if (found.kind !== 'stored') {
      if (found.kind === 'file') await found.file.close();
      throw new AppError(httpErrors.NOT_FOUND);
    }
    if (found.digest === file.digest && !file.dropped) {
      file.redescribe(found.facts, found.stats);
      file.checkedMs = found.checkedMs;
      found.drop();
      return;
    }
    index.add(found);
    onStored(found);
  };

  const index = new FileIndex({ maxBytes: maxMemoryBytes, reservedPaths, clock, check });

  const find = async (path: RequestedPath): Promise<Found> => {
    const known = await index.hold(path);
    if (known) return known;
    const key = keyOf(path);
    const other = loads.get(key);
    if (other !== undefined) {
      await other;
      return (await index.hold(path)) ?? openSettled(path);
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
