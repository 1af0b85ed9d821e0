import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { requestErrors } from '../resource/request-errors.ts';
import { readBody } from './read-body.ts';

/** 64 KiB: about six times the longest image. */
export const maxBodyBytes = 65_536;

/** JSON is UTF-8 (RFC 8259 8.1), and ASCII is a subset of it. Any other charset would be decoded wrongly. */
const refuseOtherCharsets = (contentType = ''): void => {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase();
  if (charset === undefined || ['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(charset)) return;
  throw new AppError(requestErrors.API_BODY_ENCODING_UNSUPPORTED, { detail: 'The body must be in UTF-8.' });
};

const notJson = (detail: string): AppError => new AppError(requestErrors.API_BODY_NOT_JSON, { detail });

/** Drops a byte order mark. Throws on invalid UTF-8 instead of replacing it. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

const decode = (bytes: Buffer): string => {
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    throw notJson('The body is not valid UTF-8.');
  }
};

/**
 * Reads a request body as JSON of at most 64 KiB, whatever its Content-Type: `curl --data` sends a form type. Of a name
 * that occurs twice the last one counts. Throws API_BODY_NOT_JSON, API_BODY_ENCODING_UNSUPPORTED for a charset other
 * than UTF-8, and what `readBody` throws.
 */
export const readJsonBody = async (request: IncomingMessage): Promise<unknown> => {
  refuseOtherCharsets(request.headers['content-type']);
  const body = await readBody(request, maxBodyBytes);
  if (body.length === 0) throw notJson('The body is empty.');
  const text = decode(body);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw notJson('The body must be one JSON value.');
  }
};
