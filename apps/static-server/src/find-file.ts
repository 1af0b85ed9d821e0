import { hash } from 'node:crypto';
import { AppError } from '@tripod/shared/errors/app-error';
import type { Disk, DiskFile, DiskStats } from './disk.ts';
import { fromDiskError } from './disk-error.ts';
import { type RequestedPath, resolvePath } from './resolve-path.ts';

/** An open file and what was true of it when it was opened. Whoever gets it closes it. */
export type OpenFile = {
  readonly kind: 'file';
  /** The last name of the path; decides content type and caching. */
  readonly name: string;
  readonly size: number;
  /** Whole seconds, in milliseconds since 1970: what Last-Modified can say. */
  readonly modifiedMs: number;
  /** A strong entity tag, quotes included. */
  readonly etag: string;
  readonly file: DiskFile;
};

/** A folder that was asked for without the slash at its end. */
export type FoundFolder = { readonly kind: 'folder' };

export type FindFile = (path: RequestedPath) => Promise<OpenFile | FoundFolder>;

/**
 * Differs whenever the bytes may differ: ctime changes with each write and can't be set back, as `cp -p` does with
 * mtime. Hashed, for the inode number is nobody's business.
 */
const etagOf = ({ dev, ino, size, mtimeNs, ctimeNs }: DiskStats): string =>
  `"${hash('sha256', [dev, ino, size, mtimeNs, ctimeNs].join(), 'base64url').slice(0, 22)}"`;

const describe = async (file: DiskFile, name: string): Promise<OpenFile | FoundFolder> => {
  const stats = await file.stat();
  if (stats.isDirectory()) return { kind: 'folder' };
  if (!stats.isFile()) throw new AppError('NOT_FOUND');
  const modifiedMs = Number(stats.mtimeNs / 1_000_000_000n) * 1000;
  return { kind: 'file', name, size: Number(stats.size), modifiedMs, etag: etagOf(stats), file };
};

const openFound = async (disk: Disk, real: string, name: string): Promise<OpenFile | FoundFolder> => {
  const file = await disk.open(real);
  let found: OpenFile | FoundFolder | undefined;
  try {
    found = await describe(file, name);
    return found;
  } finally {
    if (found?.kind !== 'file') await file.close();
  }
};

/**
 * Makes the function that opens the file of a path: a folder's is its `index.html`. It throws an AppError when there
 * is none, or none that may be served.
 */
export const createFileFinder =
  (disk: Disk, root: string): FindFile =>
  async ({ segments, isFolder }) => {
    const names = isFolder ? [...segments, 'index.html'] : segments;
    try {
      const real = await resolvePath(disk, root, names);
      const found = await openFound(disk, real, names.at(-1) ?? '');
      // A folder that is called index.html has no address of its own here.
      if (found.kind === 'folder' && isFolder) throw new AppError('NOT_FOUND');
      return found;
    } catch (error) {
      throw fromDiskError(error);
    }
  };
