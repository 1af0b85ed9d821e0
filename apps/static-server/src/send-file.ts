import type { ServerResponse } from 'node:http';
import type { ByteRange } from './byte-range.ts';
import type { DiskFile } from './disk.ts';
import type { OpenFile } from './find-file.ts';

const pieceBytes = 65_536;

/** What was read, or a part of it that was sent already, may not be of the version that the headers tell of. */
export class FileChangedError extends Error {
  constructor() {
    super('the file was written to while it was being sent');
    this.name = 'FileChangedError';
  }
}

/** The client left before it had the whole: its right, and no fault. */
export class ClientGoneError extends Error {
  constructor(cause?: unknown) {
    super('the client left', { cause });
    this.name = 'ClientGoneError';
  }
}

const readExactly = async (file: DiskFile, first: number, piece: Buffer): Promise<void> => {
  for (let filled = 0; filled < piece.length; ) {
    const bytesRead = await file.read(piece.subarray(filled), first + filled);
    if (bytesRead === 0) throw new FileChangedError();
    filled += bytesRead;
  }
};

/** Not ctime: that changes also when the file loses its name to a new one, and stays whole. */
const assertUnchanged = async ({ file, stats }: OpenFile): Promise<void> => {
  const { size, mtimeNs } = await file.stat();
  if (size !== stats.size || mtimeNs !== stats.mtimeNs) throw new FileChangedError();
};

/**
 * Resolves when the piece is with the kernel and its buffer free. What waits behind another answer when the
 * connection goes is never called back, only closed.
 */
const write = (response: ServerResponse, piece: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = (): void => reject(new ClientGoneError());
    if (response.destroyed || response.req.socket.destroyed) {
      leave();
      return;
    }
    response.once('close', leave);
    response.write(piece, (error) => {
      response.off('close', leave);
      if (error) reject(new ClientGoneError(error));
      else resolve();
    });
  });

/** Through one buffer: a new one for each piece would leave as much garbage as is sent. */
const sendPieces = async (
  response: ServerResponse,
  open: OpenFile,
  { first, last }: ByteRange,
  writeHead: () => void,
): Promise<void> => {
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  for (let position = first; position <= last; position += pieceBytes) {
    const piece = buffer.subarray(0, Math.min(pieceBytes, last + 1 - position));
    await readExactly(open.file, position, piece);
    // Without the last piece the client sees that it has not got the whole.
    if (position + pieceBytes > last) await assertUnchanged(open);
    if (position === first) writeHead();
    await write(response, piece);
  }
  response.end();
};

/**
 * Sends the bytes of an open file as the body, no faster than the client takes them, and never more or fewer than
 * the range; `writeHead` is called before the first. Rejects when they can't be had, with a FileChangedError when the
 * file was written to: before anything was sent when they are few, otherwise with the connection cut. Rejects with
 * a ClientGoneError when nobody is there any more. Does not close the file.
 */
export const sendBytes = async (
  response: ServerResponse,
  open: OpenFile,
  range: ByteRange,
  writeHead: () => void,
): Promise<void> => {
  const length = range.last + 1 - range.first;
  if (length > pieceBytes) {
    try {
      await sendPieces(response, open, range, writeHead);
    } catch (error) {
      if (response.headersSent) response.destroy();
      throw error;
    }
    return;
  }
  const bytes = Buffer.allocUnsafe(length);
  await readExactly(open.file, range.first, bytes);
  await assertUnchanged(open);
  writeHead();
  response.end(bytes);
};
