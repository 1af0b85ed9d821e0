import type { IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { requestErrors } from '../resource/request-errors.ts';

/**
 * Reads a whole request body. Throws API_BODY_TOO_LARGE as soon as there are more bytes than allowed, declared or
 * sent, without waiting for the rest; and API_BODY_ENCODING_UNSUPPORTED for a Content-Encoding: what is not unpacked
 * can't blow up.
 */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const tooLarge = (): AppError =>
    new AppError(requestErrors.API_BODY_TOO_LARGE, {
      detail: `The body must have at most ${maxBytes} bytes.`,
    });
  const { 'content-encoding': coding = 'identity', 'content-length': declared = '0' } = request.headers;
  if (coding.trim().toLowerCase() !== 'identity') {
    const detail = 'The body must be sent as it is, without a Content-Encoding.';
    return Promise.reject(new AppError(requestErrors.API_BODY_ENCODING_UNSUPPORTED, { detail }));
  }
  if (Number(declared) > maxBytes) return Promise.reject(tooLarge());
  // A request that announces no body has no stream that could end.
  if (request.readableEnded) return Promise.resolve(Buffer.alloc(0));

  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let length = 0;
    let isWhole = false;
    const onData = (piece: Buffer): void => {
      length += piece.length;
      if (length <= maxBytes) pieces.push(piece);
      else fail(tooLarge());
    };
    const onEnd = (): void => {
      isWhole = true;
      const [only] = pieces;
      resolve(only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces));
    };
    const onBreak = (): void => {
      if (!isWhole) fail(new AppError(httpErrors.REQUEST_INVALID, { detail: 'The body ended too early.' }));
    };
    const fail = (error: AppError): void => {
      request.off('data', onData).off('end', onEnd).off('close', onBreak);
      request.pause();
      reject(error);
    };
    // The error of a broken connection comes before its close, and would be uncaught.
    request.on('error', () => undefined);
    request.on('data', onData).on('end', onEnd).on('close', onBreak);
  });
};
