import { constants, readlinkSync } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { decodeFileName, encodeFileName } from './file-name.ts';

/** The stats of a file or folder. Times are nanoseconds since 1970. */
export type DiskStats = {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
};

/** An open file descriptor. It stays the same file when the name is removed or given to another file. */
export type DiskFile = {
  stat(): Promise<DiskStats>;
  /** The current path with all links resolved, or undefined where the system does not report it. Linux does. */
  findPath(): string | undefined;
  /** Reads up to `buffer.length` bytes from `position` and returns how many; 0 at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
};

/** One entry of a folder. Symbolic links, sockets, pipes and devices are `other`. */
export type FolderEntry = { readonly name: string; readonly kind: 'file' | 'folder' | 'other' };

/** The file system as the static server uses it. Operations reject with Node's errors and their `code`. */
export type Disk = {
  /** Resolves all links and returns the absolute path. */
  realpath(path: string): Promise<string>;
  /** Opens for reading. Does not follow a link in the last segment and does not block on a named pipe. */
  open(path: string): Promise<DiskFile>;
  /** Returns the stats without opening the file. Does not follow a link in the last segment. */
  stat(path: string): Promise<DiskStats>;
  list(folder: string): Promise<readonly FolderEntry[]>;
};

/** An open file with the stats it had when it was opened. The receiver closes it. */
export type OpenFile = { readonly kind: 'open'; readonly file: DiskFile; readonly stats: DiskStats };

/**
 * Whether both stats belong to the same content. ctime changes with every write and, unlike mtime, can't be set back.
 */
export const isSameVersion = (one: DiskStats, other: DiskStats): boolean =>
  one.ctimeNs === other.ctimeNs &&
  one.mtimeNs === other.mtimeNs &&
  one.size === other.size &&
  one.ino === other.ino &&
  one.dev === other.dev;

const findDescriptorPath = (descriptor: number): string | undefined => {
  try {
    // /proc is kernel memory, so the synchronous call does not wait for a disk.
    return decodeFileName(readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' }));
  } catch {
    return undefined;
  }
};

/** The file system of this machine. Names that are not UTF-8 are escaped as `decodeFileName` does. */
export const nodeDisk: Disk = {
  realpath: async (path) => decodeFileName(await realpath(encodeFileName(path), { encoding: 'buffer' })),
  open: async (path) => {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(encodeFileName(path), flags);
    return {
      stat: () => handle.stat({ bigint: true }),
      findPath: () => findDescriptorPath(handle.fd),
      read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
      close: () => handle.close(),
    };
  },
  stat: (path) => lstat(encodeFileName(path), { bigint: true }),
  list: async (folder) => {
    const entries = await readdir(encodeFileName(folder), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => ({
      name: decodeFileName(entry.name),
      kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
    }));
  },
};
