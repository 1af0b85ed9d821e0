import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors/app-error.ts';
import { httpErrors } from './http-errors.ts';

type Next = (error?: unknown) => void;

/** Creates the last middleware, which answers 404. */
export const notFound = () =>
  function answerNotFound(_request: IncomingMessage, _response: ServerResponse, next: Next): void {
    next(new AppError(httpErrors.NOT_FOUND));
  };

/**
 * Creates the last handler of a path, which answers 405 and lists the supported methods in `Allow` (RFC 9110 15.5.6).
 */
export const methodNotAllowed = (allowed: readonly string[]) =>
  function answerMethodNotAllowed(_request: IncomingMessage, _response: ServerResponse, next: Next): void {
    next(new AppError(httpErrors.METHOD_NOT_ALLOWED, { headers: { Allow: allowed.join(', ') } }));
  };
