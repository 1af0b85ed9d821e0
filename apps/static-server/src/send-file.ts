import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from './byte-range.ts';
import type { DiskFile } from './disk.ts';
import type { OpenFile } from './find-file.ts';

const chunkBytes = 65_536;

/** What was read, or a part of it that was sent already, may not be of the version that the headers tell of. */
export class FileChangedError extends Error {
  constructor() {
    super('the file was written to while it was being sent');
    this.name = 'FileChangedError';
  }
}

const readExactly = async (file: DiskFile, first: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const bytesRead = await file.read(buffer.subarray(filled), first + filled);
    if (bytesRead === 0) throw new FileChangedError();
    filled += bytesRead;
  }
  return buffer;
};

/** Not ctime: that changes also when the file loses its name to a new one, and stays whole. */
const assertUnchanged = async ({ file, stats }: OpenFile): Promise<void> => {
  const { size, mtimeNs } = await file.stat();
  if (size !== stats.size || mtimeNs !== stats.mtimeNs) throw new FileChangedError();
};

async function* readChunks(open: OpenFile, { first, last }: ByteRange): AsyncGenerator<Buffer> {
  for (let position = first; position <= last; position += chunkBytes) {
    const chunk = await readExactly(open.file, position, Math.min(chunkBytes, last + 1 - position));
    // Without the last piece the client sees that it has not got the whole.
    if (position + chunkBytes > last) await assertUnchanged(open);
    yield chunk;
  }
}

/**
 * Sends the bytes of an open file as the body, no faster than the client takes them, and never more or fewer than
 * the range; `writeHead` is called before the first. Rejects when they can't be had, with a FileChangedError when the
 * file was written to: before anything was sent when they are few, otherwise with the connection cut. Does not close
 * the file.
 */
export const sendBytes = async (
  response: ServerResponse,
  open: OpenFile,
  range: ByteRange,
  writeHead: () => void,
): Promise<void> => {
  const length = range.last + 1 - range.first;
  if (length > chunkBytes) {
    writeHead();
    await pipeline(Readable.from(readChunks(open, range)), response);
    return;
  }
  const bytes = await readExactly(open.file, range.first, length);
  await assertUnchanged(open);
  writeHead();
  response.end(bytes);
};

/** Whether a body could not be completed because the client went away: its right, and no fault. */
export const isClientGone = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
