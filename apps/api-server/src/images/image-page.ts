import { AppError } from '@tripod/shared/errors/app-error';
import { requestErrors } from '../http/request-errors.ts';

/** A part of the list: at most `limit` images that follow the one with the id `after`. */
export type PageRequest = {
  readonly limit: number;
  /** A row id as decimal text: a bigint may be larger than a number holds. */
  readonly after: string | undefined;
};

/** Most images of one page. */
export const maxLimit = 1000;
/** Of the ids that a table may have. */
export const largestId = 2n ** 63n - 1n;

/** A row id → what clients hand back to us; that it is an id at all is nobody's business. */
export const cursorOf = (id: string): string => Buffer.from(`after:${id}`).toString('base64url');

const refuseCursor = (detail: string): never => {
  throw new AppError(requestErrors.API_CURSOR_INVALID, { detail });
};

const parseCursor = (cursor: string): string => {
  const id = /^after:(-?\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  // Decoding is lenient; only what we have given out may come back.
  if (id === undefined || cursorOf(id) !== cursor || BigInt(id) > largestId || BigInt(id) < -largestId) {
    return refuseCursor('after must be a cursor from the Link header of an earlier page.');
  }
  return id;
};

/**
 * Reads `limit` and `after`. Undefined without `limit`: everything is asked for. Throws API_LIMIT_INVALID unless the
 * limit is a whole number from 1 to 1000, and API_CURSOR_INVALID for a cursor that we never made or one without a
 * limit, which can only be a mistake.
 */
export const parsePage = (query: URLSearchParams): PageRequest | undefined => {
  const limits = query.getAll('limit');
  const cursors = query.getAll('after');
  const [limit = ''] = limits;
  const [cursor] = cursors;
  if (limits.length === 0) {
    return cursor === undefined ? undefined : refuseCursor('after needs a limit beside it.');
  }
  if (limits.length > 1 || !/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > maxLimit) {
    throw new AppError(requestErrors.API_LIMIT_INVALID, {
      detail: `limit must be given once, as a whole number from 1 to ${maxLimit}.`,
    });
  }
  if (cursors.length > 1) return refuseCursor('after must be given once.');
  return { limit: Number(limit), after: cursor === undefined ? undefined : parseCursor(cursor) };
};

/** The Link header of a page that is not the last. A relative reference, so that it holds behind any prefix. */
export const nextPageLink = ({ limit }: PageRequest, nextAfter: string, query: URLSearchParams): string => {
  const indent = query.get('indent');
  const rest = indent === null ? '' : `&indent=${indent}`;
  return `<images.json?limit=${limit}&after=${cursorOf(nextAfter)}${rest}>; rel="next"`;
};
