import { createHash } from 'node:crypto';
import { type DiskFile, type DiskStats, isSameVersion, type OpenFile } from './disk.ts';

const chunkBytes = 262_144;

/** The whole content of a file, and its SHA-256 in base64url. */
export type FileContent = { readonly bytes: Buffer; readonly digest: string };

const readInto = async (file: DiskFile, bytes: Buffer): Promise<FileContent | undefined> => {
  const digest = createHash('sha256');
  for (let filled = 0; filled < bytes.length; ) {
    const chunk = bytes.subarray(filled, filled + chunkBytes);
    const bytesRead = await file.read(chunk, filled);
    if (bytesRead === 0) return undefined;
    // Hashed between the reads, so that a large file does not block the event loop.
    digest.update(chunk.subarray(0, bytesRead));
    filled += bytesRead;
  }
  return { bytes, digest: digest.digest('base64url') };
};

/**
 * Reads a whole open file into `bytes`, whose length is the file's size. Returns undefined when the file changed since
 * it was opened, because the bytes may then belong to two versions.
 */
export const readUnchanged = async (
  { file, stats }: OpenFile,
  bytes: Buffer,
): Promise<FileContent | undefined> => {
  const content = await readInto(file, bytes);
  return content && isSameVersion(await file.stat(), stats) ? content : undefined;
};

/**
 * How long a file must be unchanged before it is read into memory. A program that rewrites a file in place truncates
 * it first and may pause between writes; and two writes within one tick of the kernel clock (4 to 10 ms) have the same
 * ctime.
 */
export const settleMs = 50;

/**
 * How many milliseconds to wait before reading a file, so that it is unchanged for `settleMs`. `statMs` is the time
 * just before its stats were requested and `nowMs` the current time, both wall clock. The wait counts from `statMs`: a
 * busy machine may return the stats late, and a change after `statMs` would go unnoticed. Returns 0 for a file that
 * has settled, and for one whose ctime is ahead of our clock.
 */
export const settleDelayMs = ({ ctimeNs }: DiskStats, statMs: number, nowMs: number): number => {
  const changedMs = Number(ctimeNs / 1_000_000n);
  if (changedMs > nowMs) return 0;
  return Math.min(settleMs, Math.max(0, changedMs + settleMs - statMs));
};
