import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from './byte-range.ts';
import type { DiskFile } from './disk.ts';

const chunkBytes = 65_536;

/** The file ended before the length that it had when it was opened. */
class FileShrankError extends Error {
  constructor() {
    super('the file became shorter while it was being sent');
    this.name = 'FileShrankError';
  }
}

const readExactly = async (file: DiskFile, first: number, length: number): Promise<Buffer> => {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length; ) {
    const bytesRead = await file.read(buffer.subarray(filled), first + filled);
    if (bytesRead === 0) throw new FileShrankError();
    filled += bytesRead;
  }
  return buffer;
};

async function* readChunks(file: DiskFile, { first, last }: ByteRange): AsyncGenerator<Buffer> {
  for (let position = first; position <= last; position += chunkBytes) {
    yield await readExactly(file, position, Math.min(chunkBytes, last + 1 - position));
  }
}

/**
 * Sends the bytes of an open file as the body, no faster than the client takes them, and never more or fewer than
 * the range. Rejects when they can't be had: before anything was sent when they are few, otherwise with the
 * connection cut. Does not close the file.
 */
export const sendBytes = async (
  response: ServerResponse,
  file: DiskFile,
  range: ByteRange,
): Promise<void> => {
  const length = range.last + 1 - range.first;
  if (length <= chunkBytes) response.end(await readExactly(file, range.first, length));
  else await pipeline(Readable.from(readChunks(file, range)), response);
};

/** Whether a body could not be completed because the client went away: its right, and no fault. */
export const isClientGone = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
