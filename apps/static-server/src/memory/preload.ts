import type { Disk, FolderEntry } from '../files/disk.ts';
import { isHidden, type RequestedPath } from '../path/request-target.ts';
import type { CachedFile } from './cached-file.ts';
import type { FileCache } from './file-cache.ts';

/** Files of a larger tree are loaded on first use. */
export const maxTreeBytes = 64 * 1024 * 1024;
const maxTreeFiles = 10_000;

export type PreloadOptions = {
  readonly disk: Disk;
  readonly root: string;
  readonly cache: FileCache;
  /** Called for each file that was loaded. */
  readonly onLoaded: (file: CachedFile) => void;
  /** Nothing is loaded when the tree is larger. */
  readonly maxBytes: number;
  readonly isStopped: () => boolean;
};

/** Lists a folder. A folder that can't be read is empty, except for the root. */
const listFolder = async (
  disk: Disk,
  root: string,
  segments: readonly string[],
): Promise<readonly FolderEntry[]> => {
  try {
    return await disk.list([root, ...segments].join('/'));
  } catch (error) {
    if (segments.length === 0) throw error;
    return [];
  }
};

/** The files under the root except links and hidden ones, or undefined when the tree is too large. */
const findTree = async ({
  disk,
  root,
  maxBytes,
  isStopped,
}: PreloadOptions): Promise<readonly RequestedPath[] | undefined> => {
  const paths: RequestedPath[] = [];
  const folders: (readonly string[])[] = [[]];
  let bytes = 0;
  for (let folder = folders.pop(); folder && !isStopped(); folder = folders.pop()) {
    for (const { name, kind } of await listFolder(disk, root, folder)) {
      const segments = [...folder, name];
      if (isHidden(name, folder.length) || kind === 'other') continue;
      if (kind === 'folder') {
        folders.push(segments);
        continue;
      }
      // A file that is gone by now, or whose name can't be read, does not end the search.
      const stats = await disk.stat([root, ...segments].join('/')).catch(() => undefined);
      if (!stats) continue;
      bytes += Number(stats.size);
      paths.push({ segments, isFolder: false });
      if (bytes > maxBytes || paths.length > maxTreeFiles) return undefined;
    }
  }
  return paths;
};

/**
 * Loads a small tree into the cache, so that the first request of each file is a cache hit. Returns the number of files
 * loaded, or undefined when the tree is too large. Rejects when the root can't be listed.
 */
export const preloadFiles = async (options: PreloadOptions): Promise<number | undefined> => {
  const paths = await findTree(options);
  if (!paths) return undefined;
  let files = 0;
  for (const path of paths) {
    if (options.isStopped()) break;
    // A file that can't be read is reported to the client that requests it.
    const found = await options.cache.find(path).catch(() => undefined);
    if (found?.kind === 'cached') {
      options.onLoaded(found);
      found.release();
      files += 1;
    } else if (found?.kind === 'open') await found.file.close();
  }
  return files;
};
