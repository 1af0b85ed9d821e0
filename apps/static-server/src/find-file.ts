import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import type { Disk, DiskFile, DiskStats } from './disk.ts';
import { fromDiskError } from './disk-error.ts';
import { isInside, type RequestedPath, type ResolvedPath, resolvePath } from './resolve-path.ts';

/** An open file. Whoever gets it closes it. */
export type OpenFile = {
  readonly kind: 'file';
  readonly file: DiskFile;
  /** When it was opened. */
  readonly stats: DiskStats;
};

/** A folder that was asked for without the slash at its end. */
export type FoundFolder = { readonly kind: 'folder' };

export type FileFinder = {
  /** Opens the file of a path; a folder's is its `index.html`. */
  open(path: RequestedPath): Promise<OpenFile | FoundFolder>;
  /** The stats that `open` would find now. */
  stat(path: RequestedPath): Promise<DiskStats>;
};

/** The names under the root that a path stands for. */
export const namesOf = ({ segments, isFolder }: RequestedPath): readonly string[] =>
  isFolder ? [...segments, 'index.html'] : segments;

/** Whether both are of the same bytes: ctime changes with each write and can't be set back, as `cp -p` does with mtime. */
export const isSameVersion = (one: DiskStats, other: DiskStats): boolean =>
  one.ctimeNs === other.ctimeNs &&
  one.mtimeNs === other.mtimeNs &&
  one.size === other.size &&
  one.ino === other.ino &&
  one.dev === other.dev;

const openFound = async (disk: Disk, { realRoot, real }: ResolvedPath): Promise<OpenFile | FoundFolder> => {
  const file = await disk.open(real);
  let found: OpenFile | FoundFolder | undefined;
  try {
    // A folder on the way may have become a link out of the root since the path was resolved (CWE-367).
    if (!isInside(realRoot, file.findPath() ?? real)) throw new AppError(httpErrors.NOT_FOUND);
    const stats = await file.stat();
    if (stats.isDirectory()) found = { kind: 'folder' };
    else if (stats.isFile()) found = { kind: 'file', file, stats };
    else throw new AppError(httpErrors.NOT_FOUND);
    return found;
  } finally {
    if (found?.kind !== 'file') await file.close();
  }
};

/** Makes the finder of a root. Both of its ways throw an AppError when there is no file, or none that may be served. */
export const createFileFinder = (disk: Disk, root: string): FileFinder => ({
  async open(path) {
    try {
      const found = await openFound(disk, await resolvePath(disk, root, namesOf(path)));
      // A folder that is called index.html has no address of its own here.
      if (found.kind === 'folder' && path.isFolder) throw new AppError(httpErrors.NOT_FOUND);
      return found;
    } catch (error) {
      throw fromDiskError(error);
    }
  },
  async stat(path) {
    try {
      return await disk.stat((await resolvePath(disk, root, namesOf(path))).real);
    } catch (error) {
      throw fromDiskError(error);
    }
  },
});
