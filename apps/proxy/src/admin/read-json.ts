import type { IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { announcesJson, isBodyError } from '@tripod/shared/http/json-body';
import express, { type RequestHandler } from 'express';
import { adminErrors } from './admin-errors.ts';

/** Bodies of the admin side are flat. Deep ones would overflow the stack where a message quotes them. */
const maxDepth = 16;

const [quote, backslash] = [0x22, 0x5c];
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

const isTooDeep = (json: Buffer): boolean => {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index] ?? 0;
    if (byte === backslash) index += 1;
    else if (byte === quote) inString = !inString;
    else if (!inString && opening.has(byte)) depth += 1;
    else if (!inString && closing.has(byte)) depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Requires the JSON media type of every body. */
const requireJsonType: RequestHandler = (request, _response, next) => {
  next(
    hasBody(request) && !announcesJson(request)
      ? new AppError(adminErrors.ADMIN_TYPE_UNSUPPORTED)
      : undefined,
  );
};

/** Middleware that parses JSON bodies of at most 64 KiB and 16 levels. Throws what `toBodyError` understands. */
export const readJson: readonly RequestHandler[] = [
  requireJsonType,
  express.json({
    limit: '64kb',
    verify: (_request, _response, body) => {
      if (isTooDeep(body)) {
        throw new AppError(adminErrors.ADMIN_BODY_INVALID, {
          detail: `The body has more than ${maxDepth} levels.`,
        });
      }
    },
  }),
];

/** The error to send for an error of `readJson`; undefined for any other error. */
export const toBodyError = (error: unknown): AppError | undefined => {
  if (error instanceof AppError) return error;
  return isBodyError(error)
    ? new AppError(adminErrors.ADMIN_BODY_INVALID, { detail: 'The body must be JSON of 64 KiB at most.' })
    : undefined;
};
