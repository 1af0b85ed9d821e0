import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteRange } from './byte-range.ts';
import type { DiskFile } from './disk.ts';

const chunkBytes = 65_536;

/** The file ended before the length that was promised. The answer can only be broken off. */
export class FileShrankError extends Error {
  constructor() {
    super('the file became shorter while it was being sent');
    this.name = 'FileShrankError';
  }
}

async function* readBytes(file: DiskFile, { first, last }: ByteRange): AsyncGenerator<Buffer> {
  for (let position = first; position <= last; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, last + 1 - position));
    const bytesRead = await file.read(buffer, position);
    if (bytesRead === 0) throw new FileShrankError();
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Sends the bytes of an open file as the body, no faster than the client takes them, and never more or fewer than
 * the range. Resolves at the end of the answer; rejects when it could not be completed, the connection being cut
 * then. Does not close the file.
 */
export const sendBytes = async (
  response: ServerResponse,
  file: DiskFile,
  range: ByteRange,
): Promise<void> => {
  await pipeline(Readable.from(readBytes(file, range)), response);
};

/** Whether a body could not be completed because the client went away: its right, and no fault. */
export const isClientGone = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ECONNRESET', 'EPIPE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
