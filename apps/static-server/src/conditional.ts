import type { IncomingHttpHeaders } from 'node:http';
import { findHttpDate } from './http-date.ts';

/** What a client may hold a file by. */
export type Validators = {
  /** Strong, quotes included. */
  readonly etag: string;
  /** Whole seconds, in milliseconds since 1970. */
  readonly modifiedMs: number;
};

export type Outcome = 'send' | 'not-modified' | 'failed';

const entityTag = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;

const tagsOf = (list: string): readonly string[] => list.match(entityTag) ?? [];

const isListed = (list: string, etag: string, comparison: 'strong' | 'weak'): boolean =>
  list.trim() === '*' ||
  tagsOf(list).some((tag) => (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === etag);

/** What the conditions of a GET or HEAD come to, in the order of RFC 9110 13.2.2. Invalid dates are no condition. */
export const evaluateConditions = (
  headers: IncomingHttpHeaders,
  { etag, modifiedMs }: Validators,
): Outcome => {
  const ifMatch = headers['if-match'];
  const unmodifiedSinceMs = findHttpDate(headers['if-unmodified-since']);
  if (ifMatch !== undefined) {
    if (!isListed(ifMatch, etag, 'strong')) return 'failed';
  } else if (unmodifiedSinceMs !== undefined && modifiedMs > unmodifiedSinceMs) {
    return 'failed';
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return isListed(ifNoneMatch, etag, 'weak') ? 'not-modified' : 'send';
  const modifiedSinceMs = findHttpDate(headers['if-modified-since']);
  return modifiedSinceMs !== undefined && modifiedMs <= modifiedSinceMs ? 'not-modified' : 'send';
};

/** Whether `If-Range` lets a range be sent (RFC 9110 13.1.5): the tag is the very same, or the date is. */
export const isRangeCurrent = (ifRange: string | undefined, { etag, modifiedMs }: Validators): boolean =>
  ifRange === undefined || ifRange === etag || findHttpDate(ifRange) === modifiedMs;
