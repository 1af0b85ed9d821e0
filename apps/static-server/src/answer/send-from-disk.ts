import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdFor } from '@tripod/shared/http/observe-requests';
import type { Logger } from '@tripod/shared/logging/logger';
import type { DiskFile, OpenFile } from '../files/disk.ts';
import { fromDiskError } from '../files/disk-errors.ts';
import type { ByteRange } from './byte-range.ts';

const chunkBytes = 65_536;

/** The file was written to, so the bytes read may not belong to the version that the header describes. */
export class FileChangedError extends Error {
  constructor() {
    super('the file was written to while it was being sent');
    this.name = 'FileChangedError';
  }
}

/** The client closed its connection before it had the whole response. This is not an error of the server. */
class ClientGoneError extends Error {
  constructor(cause?: unknown) {
    super('the client left', { cause });
    this.name = 'ClientGoneError';
  }
}

const readExactly = async (file: DiskFile, first: number, chunk: Buffer): Promise<void> => {
  for (let filled = 0; filled < chunk.length; ) {
    const bytesRead = await file.read(chunk.subarray(filled), first + filled);
    if (bytesRead === 0) throw new FileChangedError();
    filled += bytesRead;
  }
};

/** Does not compare ctime: it also changes when another file takes over the name, and then this one is still whole. */
const assertUnchanged = async ({ file, stats }: OpenFile): Promise<void> => {
  const { size, mtimeNs } = await file.stat();
  if (size !== stats.size || mtimeNs !== stats.mtimeNs) throw new FileChangedError();
};

/**
 * Resolves when the kernel has the chunk, so that its buffer may be reused. The callback of a write that is queued
 * behind another response is not called when the connection closes; only `close` is emitted.
 */
const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = (): void => reject(new ClientGoneError());
    if (response.destroyed || response.req.socket.destroyed) {
      leave();
      return;
    }
    response.once('close', leave);
    response.write(chunk, (error) => {
      response.off('close', leave);
      if (error) reject(new ClientGoneError(error));
      else resolve();
    });
  });

/** Reuses one buffer: a new one for each chunk would produce as much garbage as is sent. */
const sendChunks = async (
  response: ServerResponse,
  open: OpenFile,
  { first, last }: ByteRange,
  writeHeader: () => void,
): Promise<void> => {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  for (let position = first; position <= last; position += chunkBytes) {
    const chunk = buffer.subarray(0, Math.min(chunkBytes, last + 1 - position));
    await readExactly(open.file, position, chunk);
    // Checked before the last chunk: without that chunk the client notices that the body is incomplete.
    if (position + chunkBytes > last) await assertUnchanged(open);
    if (position === first) writeHeader();
    await write(response, chunk);
  }
  response.end();
};

/**
 * Sends a range of an open file with back-pressure, and calls `writeHeader` before the first byte. A range of up to
 * 64 KiB is read completely first; a larger one is sent in chunks, and the connection is closed when that fails after
 * the header was sent. Rejects with a FileChangedError when the file was written to, and with a ClientGoneError when
 * the client has left.
 */
const sendRange = async (
  response: ServerResponse,
  open: OpenFile,
  range: ByteRange,
  writeHeader: () => void,
): Promise<void> => {
  const length = range.last + 1 - range.first;
  if (length > chunkBytes) {
    try {
      await sendChunks(response, open, range, writeHeader);
    } catch (error) {
      if (response.headersSent) response.destroy();
      throw error;
    }
    return;
  }
  const bytes = Buffer.allocUnsafe(length);
  await readExactly(open.file, range.first, bytes);
  await assertUnchanged(open);
  writeHeader();
  response.end(bytes);
};

export type SendFromDiskOptions = {
  /** The part to send. Undefined sends the whole file. */
  readonly range?: ByteRange | undefined;
  readonly writeHeader: () => void;
  readonly logger: Logger;
};

/**
 * Sends an open file, or a range of it, as the body of a response. Does not close the file. Rejects when the file can't
 * be read and nothing was sent yet: with a FileChangedError when it was written to, otherwise with an AppError. A later
 * failure is logged and closes the connection.
 */
export const sendFromDisk = async (
  request: IncomingMessage,
  response: ServerResponse,
  open: OpenFile,
  { range, writeHeader, logger }: SendFromDiskOptions,
): Promise<void> => {
  const size = Number(open.stats.size);
  if (request.method === 'HEAD') {
    writeHeader();
    response.end();
    return;
  }
  try {
    await sendRange(response, open, range ?? { first: 0, last: size - 1 }, writeHeader);
  } catch (error) {
    if (error instanceof ClientGoneError) return;
    if (!response.destroyed) throw error instanceof FileChangedError ? error : fromDiskError(error);
    logger.error('a response was cut off: its file could not be read to the end', {
      requestId: requestIdFor(response),
      error,
    });
  }
};
