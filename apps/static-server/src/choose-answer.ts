import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AppError } from '@tripod/shared/errors/app-error';
import { type ByteRange, parseByteRange } from './byte-range.ts';
import { evaluateConditions, isRangeCurrent } from './conditional.ts';
import type { Coding } from './content-coding.ts';
import type { Representation } from './file-headers.ts';
import { staticErrors } from './static-errors.ts';

/** All forms of a file. */
export type Forms<Form extends Representation> = {
  readonly identity: Form;
  /** The form to send: the first of these codings that there is. */
  formFor(codings: readonly Coding[]): Form;
};

export type Answer<Form extends Representation> = {
  readonly status: 200 | 206 | 304;
  readonly form: Form;
  /** Of a 206: the part of the form. */
  readonly range?: ByteRange | undefined;
};

/**
 * The form of which a part is sent: the file's own bytes, unless `If-Range` shows that the client has the beginning
 * of another one. Undefined when it has something older; a date can't tell which form it has.
 */
const findFormOfRange = <Form extends Representation>(
  headers: IncomingHttpHeaders,
  { identity }: Forms<Form>,
  preferred: Form,
): Form | undefined => {
  const ifRange = headers['if-range']?.toString();
  if (ifRange === undefined) return identity;
  const known = [preferred, identity].find(({ etag }) => etag === ifRange);
  return known ?? (preferred === identity && isRangeCurrent(ifRange, identity) ? identity : undefined);
};

/**
 * What a GET or HEAD of a file is answered with (RFC 9110 13.2.2, 14.2). Throws STATIC_PRECONDITION_FAILED and
 * STATIC_RANGE_INVALID.
 */
export const chooseAnswer = <Form extends Representation>(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  forms: Forms<Form>,
  codings: readonly Coding[],
): Answer<Form> => {
  const preferred = forms.formFor(codings);
  // Ranges are defined for GET alone (RFC 9110 14.2).
  const isPart = method === 'GET' && headers.range !== undefined;
  const ofRange = isPart ? findFormOfRange(headers, forms, preferred) : undefined;
  const form = ofRange ?? preferred;
  const outcome = evaluateConditions(headers, form);
  if (outcome === 'failed') throw new AppError(staticErrors.STATIC_PRECONDITION_FAILED);
  if (outcome === 'not-modified') return { status: 304, form };
  const range = ofRange ? parseByteRange(headers.range, form.size) : undefined;
  return range ? { status: 206, form, range } : { status: 200, form };
};
