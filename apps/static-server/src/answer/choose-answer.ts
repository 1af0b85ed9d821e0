import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';
import type { Coding, Representation } from '../headers/representation.ts';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { evaluatePreconditions, isRangeCurrent } from './conditional.ts';

/** Errors of a conditional request. */
export const preconditionErrors = defineErrors({
  STATIC_PRECONDITION_FAILED: {
    status: 412,
    title: 'A precondition of the request failed',
    meaning: '`If-Match` or `If-Unmodified-Since` does not hold for the file as it is now.',
  },
});

/** The representations of a file. */
export type Representations<R extends Representation> = {
  readonly identity: R;
  /** The representation for a client that accepts these codings, best first. */
  representationFor(codings: readonly Coding[]): R;
};

export type Answer<R extends Representation> = {
  readonly status: 200 | 206 | 304;
  readonly representation: R;
  /** The part to send with a 206. */
  readonly range?: ByteRange | undefined;
};

/**
 * Chooses the representation for a range: identity, unless `If-Range` holds the entity tag of the preferred one.
 * Returns undefined when the client has another version. A date does not show which representation the client has.
 */
const findRangeRepresentation = <R extends Representation>(
  headers: IncomingHttpHeaders,
  { identity }: Representations<R>,
  preferred: R,
): R | undefined => {
  const ifRange = headers['if-range']?.toString();
  if (ifRange === undefined) return identity;
  const tagged = [preferred, identity].find(({ etag }) => etag === ifRange);
  return tagged ?? (preferred === identity && isRangeCurrent(ifRange, identity) ? identity : undefined);
};

/**
 * Chooses the response to a GET or HEAD of a file (RFC 9110 13.2.2, 14.2). Throws STATIC_PRECONDITION_FAILED (412) and
 * STATIC_RANGE_INVALID (416).
 */
export const chooseAnswer = <R extends Representation>(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  representations: Representations<R>,
  codings: readonly Coding[],
): Answer<R> => {
  const preferred = representations.representationFor(codings);
  // RFC 9110 14.2 defines ranges for GET only.
  const isRangeRequest = method === 'GET' && headers.range !== undefined;
  const ranged = isRangeRequest ? findRangeRepresentation(headers, representations, preferred) : undefined;
  const representation = ranged ?? preferred;
  const result = evaluatePreconditions(headers, representation);
  if (result === 'failed') throw new AppError(preconditionErrors.STATIC_PRECONDITION_FAILED);
  if (result === 'not-modified') return { status: 304, representation };
  const range = ranged ? parseByteRange(headers.range, representation.size) : undefined;
  return range ? { status: 206, representation, range } : { status: 200, representation };
};
