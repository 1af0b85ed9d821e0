import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import express from 'express';

/** 64 KiB: thirty times the longest image. */
const maxBodyBytes = 65_536;

// Whatever the Content-Type says: `curl --data` sends a form type. Nothing is unpacked: no bomb goes off.
const readRaw = express.raw({ type: () => true, limit: maxBodyBytes, inflate: false });

/** What body-parser throws → our codes. */
const translateReadError = (error: unknown): unknown => {
  const { type } = error as { readonly type?: string };
  switch (type) {
    case 'entity.too.large':
      return new AppError('API_BODY_TOO_LARGE', {
        detail: `The body must have at most ${maxBodyBytes} bytes.`,
      });
    case 'encoding.unsupported':
      return new AppError('API_BODY_ENCODING_UNSUPPORTED', {
        detail: 'The body must be sent as it is, without a Content-Encoding.',
      });
    case 'request.aborted':
    case 'request.size.invalid':
      return new AppError('REQUEST_INVALID', { detail: 'The body ended too early.', cause: error });
    default:
      return error;
  }
};

/** JSON is UTF-8 (RFC 8259 8.1), and ASCII a part of it; any other charset would be read as the wrong characters. */
const refuseOtherCharsets = (contentType = ''): void => {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset === undefined || ['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(charset)) return;
  throw new AppError('API_BODY_ENCODING_UNSUPPORTED', { detail: 'The body must be in UTF-8.' });
};

const notJson = (detail: string): AppError => new AppError('API_BODY_NOT_JSON', { detail });

const decode = (bytes: Uint8Array): string => {
  try {
    // Drops a byte order mark, and refuses what is no UTF-8 instead of repairing it.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson('The body is not valid UTF-8.');
  }
};

/**
 * Reads a request's body as JSON of at most 64 KiB, whatever its Content-Type. Of a name that comes twice the last
 * one counts. Throws API_BODY_NOT_JSON, API_BODY_TOO_LARGE or API_BODY_ENCODING_UNSUPPORTED.
 */
export const readJsonBody = async (
  request: IncomingMessage & { body?: unknown },
  response: ServerResponse,
): Promise<unknown> => {
  refuseOtherCharsets(request.headers['content-type']);
  await new Promise<void>((resolve, reject) => {
    readRaw(request, response, (error?: unknown) => {
      if (error) reject(translateReadError(error));
      else resolve();
    });
  });
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length === 0) throw notJson('The body is empty.');
  const text = decode(body);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw notJson('The body must be one JSON value.');
  }
};
