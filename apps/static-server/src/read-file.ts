import { createHash } from 'node:crypto';
import type { DiskFile, DiskStats } from './disk.ts';
import { isSameVersion, type OpenFile } from './find-file.ts';

const pieceBytes = 262_144;

/** All bytes of a file, and their SHA-256 in base64url. */
export type FileBytes = { readonly bytes: Buffer; readonly digest: string };

const readInto = async (file: DiskFile, bytes: Buffer): Promise<FileBytes | undefined> => {
  const digest = createHash('sha256');
  for (let filled = 0; filled < bytes.length; ) {
    const piece = bytes.subarray(filled, filled + pieceBytes);
    const bytesRead = await file.read(piece, filled);
    if (bytesRead === 0) return undefined;
    // Piece by piece between the reads: other requests need not wait for the whole.
    digest.update(piece.subarray(0, bytesRead));
    filled += bytesRead;
  }
  return { bytes, digest: digest.digest('base64url') };
};

/**
 * Reads an open file whole into `bytes`, which are as many as it has; undefined when it was written to since it was
 * opened: they may be of two versions.
 */
export const readUnchanged = async (
  { file, stats }: OpenFile,
  bytes: Buffer,
): Promise<FileBytes | undefined> => {
  const read = await readInto(file, bytes);
  return read && isSameVersion(await file.stat(), stats) ? read : undefined;
};

/**
 * How long a file must have been left alone before it is read. Who rewrites a file in place cuts it to nothing first
 * and may pause between two writes; and two writes within one tick of the kernel's clock (4 to 10 ms) can't be told
 * apart afterwards.
 */
export const settleMs = 50;

/**
 * How much longer to leave a file alone, whose stats were asked for at one time and are judged at another: meanwhile
 * a busy machine may have let as much time pass as a file needs to settle. 0 when it has settled, also when its clock
 * is ahead of ours.
 */
export const unsettledMs = ({ ctimeNs }: DiskStats, askedMs: number, nowMs: number): number => {
  const changedMs = Number(ctimeNs / 1_000_000n);
  if (changedMs > nowMs) return 0;
  return Math.min(settleMs, Math.max(0, changedMs + settleMs - askedMs));
};
