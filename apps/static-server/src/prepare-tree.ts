import type { Disk } from './disk.ts';
import type { FileStore } from './file-store.ts';
import { isHidden, type RequestedPath } from './resolve-path.ts';

/** Trees that are larger are read file by file, on first use. */
export const maxTreeBytes = 64 * 1024 * 1024;
const maxTreeFiles = 10_000;

export type PrepareTreeOptions = {
  readonly disk: Disk;
  readonly root: string;
  readonly store: FileStore;
  /** Above this nothing is read. */
  readonly maxBytes: number;
  readonly isStopped: () => boolean;
};

type Tree = { readonly paths: readonly RequestedPath[]; readonly bytes: number };

/** The files under the root, without links and hidden ones; undefined when there is too much of them. */
const findTree = async ({
  disk,
  root,
  maxBytes,
  isStopped,
}: PrepareTreeOptions): Promise<Tree | undefined> => {
  const paths: RequestedPath[] = [];
  const folders: (readonly string[])[] = [[]];
  let bytes = 0;
  for (let folder = folders.pop(); folder && !isStopped(); folder = folders.pop()) {
    for (const { name, kind } of await disk.list([root, ...folder].join('/'))) {
      const segments = [...folder, name];
      if (isHidden(name, folder.length) || kind === 'other') continue;
      if (kind === 'folder') {
        folders.push(segments);
        continue;
      }
      bytes += Number((await disk.stat([root, ...segments].join('/'))).size);
      paths.push({ segments, isFolder: false });
      if (bytes > maxBytes || paths.length > maxTreeFiles) return undefined;
    }
  }
  return { paths, bytes };
};

/**
 * Reads a small tree into memory, so that also the first request of each file is answered from there. Returns how many
 * files that are; undefined when the tree is too large. Rejects when the tree can't be listed.
 */
export const prepareTree = async (options: PrepareTreeOptions): Promise<number | undefined> => {
  const tree = await findTree(options);
  let files = 0;
  for (const path of tree?.paths ?? []) {
    if (options.isStopped()) break;
    // A file that can't be read now has its error told to whoever asks for it.
    const found = await options.store.find(path).catch(() => undefined);
    if (found?.kind === 'stored') {
      found.release();
      files += 1;
    } else if (found?.kind === 'file') await found.file.close();
  }
  return tree && files;
};
