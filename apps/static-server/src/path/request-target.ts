import { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { findCharacterFault, pathOf, queryOf } from '@tripod/shared/http/request-target';
import { decodeFileName } from '../files/file-name.ts';

/** Errors of a request target. */
export const pathErrors = defineErrors({
  STATIC_PATH_INVALID: {
    status: 400,
    title: 'The path is malformed',
    meaning: 'The path holds a raw NUL, a raw backslash or broken percent-encoding.',
  },
});

const malformed = (detail: string): AppError => new AppError(pathErrors.STATIC_PATH_INVALID, { detail });

/** The path and the query of a request target, still percent-encoded: `/a%20b.html` and `?c` (or nothing). */
export type RequestTarget = { readonly path: string; readonly query: string };

/**
 * Parses origin-form and absolute-form (RFC 9112 3.2). The authority of absolute-form is dropped, so that no response
 * can reflect it. Throws STATIC_PATH_INVALID (400) for any other form.
 */
export const parseRequestTarget = (target: string): RequestTarget => {
  const fault = findCharacterFault(target);
  if (fault !== undefined) throw malformed(fault);
  const originForm = target.replace(/^https?:\/\/[^/?\\]+/i, '');
  const encoded = pathOf(originForm);
  const path = encoded === '' && originForm !== target ? '/' : encoded;
  if (!path.startsWith('/')) throw malformed('The path does not begin with a slash.');
  return { path, query: queryOf(originForm) };
};

/** A decoded path: segments without slashes, none of them hidden. */
export type RequestedPath = {
  readonly segments: readonly string[];
  /** Whether the path ends with a slash. */
  readonly isFolder: boolean;
};

/** Whether files of this name are never served. `index` is the position of the segment in the path, from 0. */
export const isHidden = (segment: string, index: number): boolean =>
  // RFC 8615 defines /.well-known/ at the root only.
  segment.startsWith('.') && !(index === 0 && segment === '.well-known');

const toBytes = (segment: string): Buffer =>
  Buffer.from(
    segment.replace(/%(..)/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const decodeSegment = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not UTF-8: the name of a file in an older encoding. Overlong dots and slashes (%c0%ae) stay bytes, too.
    return decodeFileName(toBytes(segment));
  }
};

/**
 * Decodes the path of a request target, exactly once. Throws STATIC_PATH_INVALID (400) for a malformed path, and
 * NOT_FOUND for a path that must not reach a file: `.` and `..` segments, dotfiles except `/.well-known`, and encoded
 * slashes, backslashes and NUL.
 */
export const decodePath = (path: string): RequestedPath => {
  if (path.includes('\\')) throw malformed('The path holds a backslash.');
  if (/%(?![0-9a-f]{2})/i.test(path)) {
    throw malformed('The path holds a % that is not followed by two hexadecimal digits.');
  }
  // Decoded, the file system would take them for a separator or for the end of the name.
  if (/%(?:2f|5c|00)/i.test(path)) throw new AppError(httpErrors.NOT_FOUND);
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeSegment);
  if (segments.some(isHidden)) throw new AppError(httpErrors.NOT_FOUND);
  return { segments, isFolder: path.endsWith('/') };
};

/** The segments of the file that a path stands for, under the root: a folder stands for its `index.html`. */
export const fileSegments = ({ segments, isFolder }: RequestedPath): readonly string[] =>
  isFolder ? [...segments, 'index.html'] : segments;
