import { AppError } from '@tripod/shared/errors/app-error';
import { staticErrors } from './static-errors.ts';

/** The two parts of a request target that concern files, as they were sent: `/a%20b.html` and `?c` (or nothing). */
export type RequestTarget = { readonly path: string; readonly query: string };

const refuse = (detail: string): never => {
  throw new AppError(staticErrors.STATIC_PATH_INVALID, { detail });
};

/**
 * Reads origin-form and absolute-form (RFC 9112 3.2). The authority of the latter is dropped, so that nothing we
 * answer can repeat it. Throws STATIC_PATH_INVALID for anything else.
 */
export const parseRequestTarget = (target: string): RequestTarget => {
  if (/[^\x21-\x7e]/.test(target)) refuse('The path holds a character that must be percent-encoded.');
  if (target.includes('#')) refuse('The path holds a fragment, which is never sent.');
  const relative = target.replace(/^https?:\/\/[^/?\\]+/i, '');
  const queryAt = relative.indexOf('?');
  const sent = queryAt === -1 ? relative : relative.slice(0, queryAt);
  const path = sent === '' && relative !== target ? '/' : sent;
  if (!path.startsWith('/')) refuse('The path does not begin with a slash.');
  return { path, query: queryAt === -1 ? '' : relative.slice(queryAt) };
};
