import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import { isCompressible } from '../headers/content-type.ts';
import type { Coding } from '../headers/representation.ts';
import type { CacheIndex } from './cache-index.ts';
import type { CachedFile } from './cached-file.ts';

const mebibyte = 1024 * 1024;

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Runs in the thread pool. Above 1 MiB the best brotli quality would take seconds per file. */
const compress = (bytes: Buffer, coding: Coding): Promise<Buffer> => {
  if (coding === 'gzip') return gzipAsync(bytes, { level: bytes.length <= mebibyte ? 9 : 6 });
  // A window larger than the file wastes memory.
  const windowBits = Math.min(22, Math.max(10, Math.ceil(Math.log2(bytes.length + 16))));
  return brotliAsync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length <= mebibyte ? 11 : 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_LGWIN]: windowBits,
      // Input blocks of 64 KiB: for a file of 1 MiB this takes 28 MB instead of 77, of which the thread keeps 12
      // instead of 62, and the result is 0.1 % larger.
      [constants.BROTLI_PARAM_LGBLOCK]: 16,
    },
  });
};

export type Compressor = {
  /** Compresses a file in the background, one file after the other: for files that the operator chose. */
  add(file: CachedFile): void;
  /**
   * Compresses a file that clients ask for when its turn comes: the most requested file is the next one, and the work
   * takes a tenth of a core at most. At most 1000 files wait; then the least requested one is forgotten.
   */
  suggest(file: CachedFile): void;
  /** Starts no further compression. */
  stop(): void;
  /** Resolves when no file that was added is left. */
  idle(): Promise<void>;
};

/** After a compression for clients, the pause is this many times as long. */
const pauseFactor = 9;

const isLessRequested = (one: CachedFile, other: CachedFile): boolean =>
  one.identity.timesSent < other.identity.timesSent;

/** The file by which `comes before` is true of all others. Undefined for an empty set. */
const findFirst = (
  files: ReadonlySet<CachedFile>,
  comesBefore: (one: CachedFile, other: CachedFile) => boolean,
): CachedFile | undefined => {
  let first: CachedFile | undefined;
  for (const file of files) if (first === undefined || comesBefore(file, first)) first = file;
  return first;
};

/**
 * Creates the compressor of cached files. `maxSuggested` bounds the work that clients can order. A coding that is not
 * smaller than the file is not kept.
 */
export const createCompressor = (
  indexOf: () => CacheIndex,
  logger: Logger,
  clock: Clock,
  maxSuggested = 1000,
): Compressor => {
  const queue: CachedFile[] = [];
  const suggested = new Set<CachedFile>();
  /** Files that were compressed, or that do not get smaller. */
  const tried = new WeakSet<CachedFile>();
  let working: Promise<void> | undefined;
  /** Whether a suggested file is being compressed, or the pause after it lasts. */
  let isBusy = false;
  let pauseTimer: Timer | undefined;
  let stopped = false;

  const addCoding = async (file: CachedFile, coding: Coding): Promise<void> => {
    if (file.removed || stopped) return;
    const { bytes } = file.identity;
    // The thread reads these bytes.
    file.retain();
    try {
      const compressed = await compress(bytes, coding);
      if (compressed.length >= bytes.length || file.removed) return;
      const copy = indexOf().allocate(compressed.length);
      if (!copy) return;
      compressed.copy(copy);
      file.addCoding(coding, copy);
    } finally {
      file.release();
    }
  };

  const compressFile = async (file: CachedFile): Promise<void> => {
    if (tried.has(file)) return;
    tried.add(file);
    try {
      await addCoding(file, 'gzip');
      await addCoding(file, 'br');
    } catch (error) {
      logger.warn('a file could not be compressed', { path: file.path.segments.join('/'), error });
    }
  };
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file && !stopped; file = queue.shift()) await compressFile(file);
    working = undefined;
  };

  const compressSuggested = async (): Promise<void> => {
    const file = findFirst(suggested, (one, other) => isLessRequested(other, one));
    isBusy = file !== undefined;
    if (file === undefined) return;
    suggested.delete(file);
    const beganMs = clock.monotonicMs();
    await compressFile(file);
    if (stopped) return;
    pauseTimer = clock.after(pauseFactor * (clock.monotonicMs() - beganMs), () => void compressSuggested());
  };
  const isWorthIt = (file: CachedFile): boolean =>
    !stopped && file.identity.size > 0 && !tried.has(file) && isCompressible(file.metadata.contentType);

  return {
    add(file) {
      if (!isWorthIt(file)) return;
      suggested.delete(file);
      queue.push(file);
      working ??= work();
    },
    suggest(file) {
      if (!isWorthIt(file)) return;
      suggested.add(file);
      if (suggested.size > maxSuggested) {
        const least = findFirst(suggested, isLessRequested);
        if (least) suggested.delete(least);
      }
      if (!isBusy) void compressSuggested();
    },
    stop() {
      stopped = true;
      queue.length = 0;
      suggested.clear();
      pauseTimer?.cancel();
    },
    idle: async () => {
      while (working !== undefined) await working;
    },
  };
};
