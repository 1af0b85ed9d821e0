import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
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
      // Input blocks of 64 KiB: for a file of 1 MiB this takes 28 MB instead of 77, of which the thread keeps 12 instead
      // of 62, and the result is 0.1 % larger.
      [constants.BROTLI_PARAM_LGBLOCK]: 16,
    },
  });
};

export type Compressor = {
  /** Compresses a file in the background, one file after the other. */
  add(file: CachedFile): void;
  /** Starts no further compression. */
  stop(): void;
  /** Resolves when no compression is left. */
  idle(): Promise<void>;
};

/** Creates the compressor of cached files. A coding that is not smaller than the file is not kept. */
export const createCompressor = (indexOf: () => CacheIndex, logger: Logger): Compressor => {
  const queue: CachedFile[] = [];
  let working: Promise<void> | undefined;
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

  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file && !stopped; file = queue.shift()) {
      try {
        await addCoding(file, 'gzip');
        await addCoding(file, 'br');
      } catch (error) {
        logger.warn('a file could not be compressed', { path: file.path.segments.join('/'), error });
      }
    }
    working = undefined;
  };

  return {
    add(file) {
      if (stopped || file.identity.size === 0 || !isCompressible(file.metadata.contentType)) return;
      queue.push(file);
      working ??= work();
    },
    stop() {
      stopped = true;
      queue.length = 0;
    },
    idle: async () => {
      while (working !== undefined) await working;
    },
  };
};
