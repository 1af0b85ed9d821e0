import { constants, readlinkSync } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';

/** What is known of a file or folder. Times in nanoseconds since 1970. */
export type DiskStats = {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  isFile(): boolean;
  isDirectory(): boolean;
};

/** An open descriptor: whatever happens to its name, it stays the same file. */
export type DiskFile = {
  stat(): Promise<DiskStats>;
  /** Where it lies now, every link followed; undefined on systems that do not tell: Linux does. */
  findPath(): string | undefined;
  /** Fills at most the whole buffer from `position` on; 0 at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
};

/** A name in a folder. Links and all that is neither file nor folder are `other`. */
export type DiskName = { readonly name: string; readonly kind: 'file' | 'folder' | 'other' };

/** All that the static-server asks of a file system. Failures are errors of node with their `code`. */
export type Disk = {
  /** The absolute path with every link followed. */
  realpath(path: string): Promise<string>;
  /** Opens for reading. Never follows a link at the end of the path and never waits for a named pipe. */
  open(path: string): Promise<DiskFile>;
  /** Of what has this name, without opening it. Never follows a link at the end of the path. */
  stat(path: string): Promise<DiskStats>;
  list(folder: string): Promise<readonly DiskName[]>;
};

const findDescriptorPath = (descriptor: number): string | undefined => {
  try {
    // Of the kernel's memory, not of a disk: nothing is waited for.
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
};

/** The disk of this machine. */
export const nodeDisk: Disk = {
  realpath: (path) => realpath(path),
  open: async (path) => {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return {
      stat: () => handle.stat({ bigint: true }),
      findPath: () => findDescriptorPath(handle.fd),
      read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
      close: () => handle.close(),
    };
  },
  stat: (path) => lstat(path, { bigint: true }),
  list: async (folder) =>
    (await readdir(folder, { withFileTypes: true })).map((entry) => ({
      name: entry.name,
      kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
    })),
};
