import { isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import type { Disk, DiskStats, OpenFile } from '../files/disk.ts';
import { fromDiskError } from '../files/disk-errors.ts';
import { fileSegments, type RequestedPath } from './request-target.ts';

/** Whether `path` is `folder` or lies in it. Compared by segments: `/srv/site-secret` is not inside `/srv/site`. */
export const isInside = (folder: string, path: string): boolean => {
  const steps = relative(folder, path);
  return steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps);
};

/** The root and a path in it, both with all links resolved. */
export type ResolvedPath = { readonly realRoot: string; readonly real: string };

/**
 * Resolves segments under the root to a real path. Links are followed; a path that ends outside the root is NOT_FOUND
 * (CWE-22, CWE-59). The root is resolved on each call, because it may be a link that a deployment switches. Throws the
 * file system's error when the file does not exist.
 */
export const resolvePath = async (
  disk: Disk,
  root: string,
  segments: readonly string[],
): Promise<ResolvedPath> => {
  const realRoot = await disk.realpath(root);
  const joined = join(realRoot, ...segments);
  if (!isInside(realRoot, joined)) throw new AppError(httpErrors.NOT_FOUND);
  const real = await disk.realpath(joined);
  if (!isInside(realRoot, real)) throw new AppError(httpErrors.NOT_FOUND);
  return { realRoot, real };
};

/** A folder that was requested without the slash at the end. */
export type FoundFolder = { readonly kind: 'folder' };

export type FileFinder = {
  /** Opens the file of a path. For a path with a slash at the end this is `index.html` in that folder. */
  open(path: RequestedPath): Promise<OpenFile | FoundFolder>;
  /** Returns the stats of the file that `open` would open now. */
  stat(path: RequestedPath): Promise<DiskStats>;
};

const openResolved = async (
  disk: Disk,
  { realRoot, real }: ResolvedPath,
): Promise<OpenFile | FoundFolder> => {
  const file = await disk.open(real);
  let found: OpenFile | FoundFolder | undefined;
  try {
    // A parent folder may have been replaced by a link out of the root since the path was resolved (CWE-367).
    if (!isInside(realRoot, file.findPath() ?? real)) throw new AppError(httpErrors.NOT_FOUND);
    const stats = await file.stat();
    if (stats.isDirectory()) found = { kind: 'folder' };
    else if (stats.isFile()) found = { kind: 'open', file, stats };
    else throw new AppError(httpErrors.NOT_FOUND);
    return found;
  } finally {
    if (found?.kind !== 'open') await file.close();
  }
};

/** Creates the finder of a root. Both methods throw an AppError when there is no file, or none that may be served. */
export const createFileFinder = (disk: Disk, root: string): FileFinder => ({
  async open(path) {
    try {
      const found = await openResolved(disk, await resolvePath(disk, root, fileSegments(path)));
      // A folder named index.html is not the page of its parent folder.
      if (found.kind === 'folder' && path.isFolder) throw new AppError(httpErrors.NOT_FOUND);
      return found;
    } catch (error) {
      throw fromDiskError(error);
    }
  },
  async stat(path) {
    try {
      return await disk.stat((await resolvePath(disk, root, fileSegments(path))).real);
    } catch (error) {
      throw fromDiskError(error);
    }
  },
});
