import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { createLineSplitter } from '@tripod/shared/text/split-lines';

export type FollowOptions = {
  readonly onLine: (line: string) => void;
  /** Whether to read what the file already holds. Default false. */
  readonly fromStart?: boolean;
  /** A file that is longer than this is truncated after reading; its writer must append. Default: no limit. */
  readonly maxBytes?: number;
  /** Default 200 ms. */
  readonly intervalMs?: number;
};

export type Following = {
  /** Reads the new lines now. */
  read(): Promise<void>;
  stop(): Promise<void>;
};

const chunkBytes = 65_536;

/**
 * Passes on the lines that another process appends to a plain file. A file that was truncated or replaced is read from
 * its start. The timer keeps this process alive until `stop`.
 */
export const followFile = async (path: string, options: FollowOptions): Promise<Following> => {
  const { onLine, fromStart = false, maxBytes = Number.POSITIVE_INFINITY, intervalMs = 200 } = options;
  const decoder = new TextDecoder();
  const lines = createLineSplitter(onLine);
  let offset = 0;
  let inode: number | undefined;

  const readNew = async (): Promise<void> => {
    // Without O_NONBLOCK, opening a named pipe waits for a writer.
    const { O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
    const access = maxBytes === Number.POSITIVE_INFINITY ? O_RDONLY : O_RDWR;
    const file = await open(path, access | O_NONBLOCK).catch(() => undefined);
    const stat = await file?.stat();
    if (!file || !stat?.isFile()) {
      await file?.close();
      // A file that is created later is read from its start.
      inode ??= 0;
      return;
    }
    try {
      if (inode === undefined) offset = fromStart ? 0 : stat.size;
      else if (stat.ino !== inode || stat.size < offset) offset = 0;
      inode = stat.ino;
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        lines.add(decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
      }
      if (offset > maxBytes) {
        await file.truncate(0);
        offset = 0;
      }
    } finally {
      await file.close();
    }
  };
  const inTurn = createSerialQueue();
  const read = (): Promise<void> => inTurn(readNew);
  await read();
  const timer = setInterval(() => void read().catch(() => undefined), intervalMs);
  return {
    read,
    stop: async () => {
      clearInterval(timer);
      await read();
      lines.end();
    },
  };
};
