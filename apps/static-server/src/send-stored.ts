import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './choose-answer.ts';
import type { StoredFile } from './stored-file.ts';
import type { StoredForm } from './stored-form.ts';

/**
 * Ends an answer whose head was written with bytes from memory. The file is held until the last of them has left for
 * the kernel, or the connection is gone.
 */
export const endWithStored = (
  request: IncomingMessage,
  response: ServerResponse,
  file: StoredFile,
  { status, form, range }: Answer<StoredForm>,
): void => {
  if (request.method === 'HEAD' || status === 304 || form.size === 0) {
    response.end();
    return;
  }
  const body = range ? form.bytes.subarray(range.first, range.last + 1) : file.bodyOf(form);
  if (typeof body === 'string') {
    // Copied when it is written; nothing of the file is in use any more.
    response.end(body, 'latin1');
    return;
  }
  response.end(body);
  if (response.socket?.writableLength === 0 || request.socket.destroyed) return;
  file.hold();
  response.once('close', () => file.release());
};
