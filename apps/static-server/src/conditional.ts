import type { IncomingHttpHeaders } from 'node:http';
import { isListedTag } from '@tripod/shared/http/entity-tags';
import { findHttpDate } from './http-date.ts';

/** What a client may hold a file by. */
export type Validators = {
  /** Strong, quotes included. */
  readonly etag: string;
  /** Whole seconds, in milliseconds since 1970. */
  readonly modifiedMs: number;
};

export type Outcome = 'send' | 'not-modified' | 'failed';

/** What the conditions of a GET or HEAD come to, in the order of RFC 9110 13.2.2. Invalid dates are no condition. */
export const evaluateConditions = (
  headers: IncomingHttpHeaders,
  { etag, modifiedMs }: Validators,
): Outcome => {
  const ifMatch = headers['if-match'];
  const unmodifiedSinceMs = findHttpDate(headers['if-unmodified-since']);
  if (ifMatch !== undefined) {
    if (!isListedTag(ifMatch, etag, 'strong')) return 'failed';
  } else if (unmodifiedSinceMs !== undefined && modifiedMs > unmodifiedSinceMs) {
    return 'failed';
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return isListedTag(ifNoneMatch, etag, 'weak') ? 'not-modified' : 'send';
  const modifiedSinceMs = findHttpDate(headers['if-modified-since']);
  return modifiedSinceMs !== undefined && modifiedMs <= modifiedSinceMs ? 'not-modified' : 'send';
};

/** Whether `If-Range` lets a range be sent (RFC 9110 13.1.5): the tag is the very same, or the date is. */
export const isRangeCurrent = (ifRange: string | undefined, { etag, modifiedMs }: Validators): boolean =>
  ifRange === undefined || ifRange === etag || findHttpDate(ifRange) === modifiedMs;
