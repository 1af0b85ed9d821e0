import { isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import type { Disk } from './disk.ts';
import { staticErrors } from './static-errors.ts';

/** A path that was asked for, decoded: names without slashes, none of them hidden. */
export type RequestedPath = {
  readonly segments: readonly string[];
  /** Whether it ends with a slash, as the path of a folder does. */
  readonly isFolder: boolean;
};

/** Whether nothing of this name is served, at this place of a path (the first being 0). */
export const isHidden = (segment: string, index: number): boolean =>
  // RFC 8615: only at the root.
  segment.startsWith('.') && !(index === 0 && segment === '.well-known');

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    // Well-formed, but no UTF-8: overlong dots and slashes (%c0%ae) end here.
    throw new AppError(httpErrors.NOT_FOUND);
  }
};

/**
 * Decodes the path of a request, once. Throws STATIC_PATH_INVALID (400) for a malformed one; NOT_FOUND for what no
 * file may be reached by: `.` and `..`, dotfiles other than `/.well-known`, encoded slashes, backslashes and NUL.
 */
export const parsePath = (path: string): RequestedPath => {
  if (path.includes('\\')) {
    throw new AppError(staticErrors.STATIC_PATH_INVALID, { detail: 'The path holds a backslash.' });
  }
  if (/%(?![0-9a-f]{2})/i.test(path)) {
    throw new AppError(staticErrors.STATIC_PATH_INVALID, {
      detail: 'The path holds a % that is not followed by two hexadecimal digits.',
    });
  }
  // Decoded they would be separators, or the end of the name, to the file system alone.
  if (/%(?:2f|5c|00)/i.test(path)) throw new AppError(httpErrors.NOT_FOUND);
  const segments = decode(path)
    .split('/')
    .filter((segment) => segment !== '');
  if (segments.some(isHidden)) throw new AppError(httpErrors.NOT_FOUND);
  return { segments, isFolder: path.endsWith('/') };
};

/** Whether a path is a folder or lies in it. By steps, not by prefix: `/srv/site-secret` is not in `/srv/site`. */
export const isInside = (folder: string, path: string): boolean => {
  const steps = relative(folder, path);
  return steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps);
};

/** A path in a root, every link in either followed. */
export type ResolvedPath = { readonly realRoot: string; readonly real: string };

/**
 * The real path of what the segments name under the root. Links are followed, and what lies outside the root in the
 * end is NOT_FOUND (CWE-22, CWE-59). The root is resolved each time: it may itself be a link that a deployment
 * swaps. Throws the file system's own error when there is nothing.
 */
export const resolvePath = async (
  disk: Disk,
  root: string,
  segments: readonly string[],
): Promise<ResolvedPath> => {
  const realRoot = await disk.realpath(root);
  const named = join(realRoot, ...segments);
  if (!isInside(realRoot, named)) throw new AppError(httpErrors.NOT_FOUND);
  const real = await disk.realpath(named);
  if (!isInside(realRoot, real)) throw new AppError(httpErrors.NOT_FOUND);
  return { realRoot, real };
};
