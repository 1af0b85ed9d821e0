import type { IncomingHttpHeaders } from 'node:http';
import { isListedTag } from '@tripod/shared/http/entity-tags';

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const dayName = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const time = '\\d\\d:\\d\\d:\\d\\d';

const imfFixdate = new RegExp(`^${day}, \\d\\d ${month} \\d{4} ${time} GMT$`);
const rfc850 = new RegExp(`^${dayName}, \\d\\d-${month}-\\d\\d ${time} GMT$`);
const asctime = new RegExp(`^${day} ${month} [ \\d]\\d ${time} \\d{4}$`);

/**
 * Parses an HTTP-date in any of its three forms (RFC 9110 5.6.7) to milliseconds since 1970; undefined if malformed.
 */
export const findHttpDate = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const known = imfFixdate.test(text) || rfc850.test(text) ? text : asctime.test(text) ? `${text} GMT` : '';
  const ms = Date.parse(known);
  return Number.isNaN(ms) ? undefined : ms;
};

/** The validators of a representation (RFC 9110 8.8). */
export type Validators = {
  /** Strong, with quotes. */
  readonly etag: string;
  /** Whole seconds, as milliseconds since 1970. */
  readonly modifiedMs: number;
};

export type PreconditionResult = 'send' | 'not-modified' | 'failed';

/** Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 13.2.2. Ignores invalid dates. */
export const evaluatePreconditions = (
  headers: IncomingHttpHeaders,
  { etag, modifiedMs }: Validators,
): PreconditionResult => {
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

/** Whether `If-Range` permits a partial response (RFC 9110 13.1.5): the same entity tag, or the same date. */
export const isRangeCurrent = (ifRange: string | undefined, { etag, modifiedMs }: Validators): boolean =>
  ifRange === undefined || ifRange === etag || findHttpDate(ifRange) === modifiedMs;
