import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Coding } from './content-coding.ts';
import { isCompressible } from './content-type.ts';
import type { FileIndex } from './file-index.ts';
import type { StoredFile } from './stored-file.ts';

const mebibyte = 1024 * 1024;

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** In threads of the pool. Above 1 MiB the best quality of brotli would take seconds a file. */
const compress = (bytes: Buffer, coding: Coding): Promise<Buffer> => {
  if (coding === 'gzip') return gzipAsync(bytes, { level: bytes.length <= mebibyte ? 9 : 6 });
  // A window larger than the file is memory for nothing.
  const windowBits = Math.min(22, Math.max(10, Math.ceil(Math.log2(bytes.length + 16))));
  return brotliAsync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length <= mebibyte ? 11 : 5,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_LGWIN]: windowBits,
      // 64 KiB at a time: for 1 MiB that takes 28 MB instead of 77, of which threads keep 12 and 62, and loses 0.1 %.
      [constants.BROTLI_PARAM_LGBLOCK]: 16,
    },
  });
};

export type Compressor = {
  /** Makes the file's codings in the background, one file after the other. */
  add(file: StoredFile): void;
  /** Begins no further one. */
  stop(): void;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
};

/** Makes what compresses the files that come into memory. A coding that is not smaller is not kept. */
export const createCompressor = (indexOf: () => FileIndex, logger: Logger): Compressor => {
  const queue: StoredFile[] = [];
  let working: Promise<void> | undefined;
  let stopped = false;

  const addCoding = async (file: StoredFile, coding: Coding): Promise<void> => {
    if (file.dropped || stopped) return;
    const { bytes } = file.identity;
    // The thread reads the bytes: they must not be given back before it is done.
    file.hold();
    try {
      const compressed = await compress(bytes, coding);
      if (compressed.length >= bytes.length || file.dropped) return;
      const copy = indexOf().take(compressed.length);
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
      if (stopped || file.identity.size === 0 || !isCompressible(file.contentType)) return;
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
