import { AppError } from '@tripod/shared/errors/app-error';
import type { Answer, Parameter } from '../operation.ts';
import { requestErrors } from '../request-errors.ts';
import { type RepresentList, representList } from './represent-list.ts';

/** A part of a list: at most `limit` items that follow the one with the id `after`. */
export type PageRequest = {
  readonly limit: number;
  /** A row id as decimal text: a bigint may be larger than a number holds. */
  readonly after: string | undefined;
};

/** A page as JSON text, so that a store may let Postgres make it. */
export type JsonPage = {
  /** The items as compact JSON, separated by commas; empty when there are none. */
  readonly json: string;
  readonly rows: number;
  /** The id after which the next page begins; undefined on the last page. */
  readonly nextAfter: string | undefined;
};

/** The parameters of a list, for the `query` of its operation. */
export const pageParameters = {
  limit: {
    description: 'Most items of one page',
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
    error: requestErrors.API_LIMIT_INVALID,
  },
  after: {
    description: 'Where the page begins: the value in the Link header of the page before. Needs `limit`',
    schema: { type: 'string' },
    error: requestErrors.API_CURSOR_INVALID,
  },
} as const satisfies Readonly<Record<string, Parameter>>;

export type PageQuery = { readonly limit?: number; readonly after?: string };

const largestId = 2n ** 63n - 1n;

/** A row id → the cursor of the page behind it. Clients treat it as opaque. */
export const cursorOf = (id: string): string => Buffer.from(`after:${id}`).toString('base64url');

const refuseCursor = (detail: string): never => {
  throw new AppError(requestErrors.API_CURSOR_INVALID, { detail });
};

const parseCursor = (cursor: string): string => {
  const id = /^after:(-?\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  // base64url decoding is lenient, so only the exact text that cursorOf makes is accepted.
  if (id === undefined || cursorOf(id) !== cursor || BigInt(id) > largestId || BigInt(id) < -largestId) {
    return refuseCursor('after must be a cursor from the Link header of an earlier page.');
  }
  return id;
};

/**
 * The page that a query asks for; undefined without `limit`. Throws API_CURSOR_INVALID for a cursor that this API
 * did not make, and for one without a `limit`.
 */
export const findPage = ({ limit, after }: PageQuery): PageRequest | undefined => {
  if (limit === undefined) return after === undefined ? undefined : refuseCursor('after needs a limit.');
  return { limit, after: after === undefined ? undefined : parseCursor(after) };
};

/** Makes a page of the rows that a store read with a limit of one more than asked for. */
export const toJsonPage = <Row>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
  toItem: (row: Row) => unknown,
): JsonPage => {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    json: items.map((row) => JSON.stringify(toItem(row))).join(','),
    rows: items.length,
    nextAfter: last === undefined ? undefined : idOf(last),
  };
};

/**
 * Answers one page. The Link to the next page is relative to the path of the list, whose last segment is `name`: so it
 * holds behind any prefix.
 */
export const answerPage = (
  name: string,
  { limit }: PageRequest,
  { json, nextAfter }: JsonPage,
  indent: number,
  represent: RepresentList = representList,
): Answer => {
  const tagged = represent(json, indent);
  if (nextAfter === undefined) return { tagged };
  const rest = indent === 0 ? '' : `&indent=${indent}`;
  return {
    tagged,
    headers: { Link: `<${name}?limit=${limit}&after=${cursorOf(nextAfter)}${rest}>; rel="next"` },
  };
};
