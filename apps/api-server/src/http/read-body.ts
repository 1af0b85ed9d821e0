import type { IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { requestErrors } from '../resource/request-errors.ts';

/**
 * Reads a whole request body. Rejects with API_BODY_TOO_LARGE as soon as more than `maxBytes` are declared or sent,
 * without waiting for the rest, with API_BODY_ENCODING_UNSUPPORTED for a Content-Encoding, since a body that is never
 * decompressed can't expand, and with REQUEST_INVALID when the body ends too early.
 */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const tooLarge = (): AppError =>
    new AppError(requestErrors.API_BODY_TOO_LARGE, {
      detail: `The body must have at most ${maxBytes} bytes.`,
    });
  const { 'content-encoding': coding = 'identity', 'content-length': declared = '0' } = request.headers;
  if (coding.trim().toLowerCase() !== 'identity') {
    const detail = 'The body must be sent without a Content-Encoding.';
    return Promise.reject(new AppError(requestErrors.API_BODY_ENCODING_UNSUPPORTED, { detail }));
  }
  if (Number(declared) > maxBytes) return Promise.reject(tooLarge());
  // A request that declares no body has no stream that could end (optimizeEmptyRequests).
  if (request.readableEnded) return Promise.resolve(Buffer.alloc(0));

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isComplete = false;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      else fail(tooLarge());
    };
    const onEnd = (): void => {
      isComplete = true;
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
    };
    const onClose = (): void => {
      if (!isComplete)
        fail(new AppError(httpErrors.REQUEST_INVALID, { detail: 'The body ended too early.' }));
    };
    const fail = (error: AppError): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      request.pause();
      reject(error);
    };
    // A broken connection emits `error` before `close`; without a listener the process would end.
    request.on('error', () => undefined);
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
};
