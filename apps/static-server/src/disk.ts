import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';

/** What is known of an open file or folder. Times in nanoseconds since 1970. */
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
  /** Fills at most the whole buffer from `position` on; 0 at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
};

/** All that the static-server asks of a file system. Failures are errors of node with their `code`. */
export type Disk = {
  /** The absolute path with every link followed. */
  realpath(path: string): Promise<string>;
  /** Opens for reading. Never follows a link at the end of the path and never waits for a named pipe. */
  open(path: string): Promise<DiskFile>;
};

/** The disk of this machine. */
export const nodeDisk: Disk = {
  realpath: (path) => realpath(path),
  open: async (path) => {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return {
      stat: () => handle.stat({ bigint: true }),
      read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
      close: () => handle.close(),
    };
  },
};
