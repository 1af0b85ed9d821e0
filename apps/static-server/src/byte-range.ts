import { AppError } from '@tripod/shared/errors/app-error';
import { staticErrors } from './static-errors.ts';

/** First and last byte, both included, counted from 0. */
export type ByteRange = { readonly first: number; readonly last: number };

const single = /^\s*bytes=[\s,]*(\d*)-(\d*)[\s,]*$/i;

/**
 * The part of a file that a `Range` header asks for (RFC 9110 14.1.2); undefined for the whole: without the header,
 * when it is malformed or in another unit, and for several ranges, which a server may ignore. Throws
 * STATIC_RANGE_INVALID when the file has no byte of it.
 */
export const parseByteRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const [, from = '', to = ''] = single.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const unsatisfiable = (): AppError =>
    new AppError(staticErrors.STATIC_RANGE_INVALID, {
      detail: `The file has ${size} bytes.`,
      headers: { 'Content-Range': `bytes */${size}` },
    });
  if (from === '') {
    const length = Number(to);
    if (length === 0) throw unsatisfiable();
    // A suffix of an empty file is the whole of it, which Content-Range has no words for.
    return size === 0 ? undefined : { first: Math.max(0, size - length), last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? Number.POSITIVE_INFINITY : Number(to);
  if (last < first) return undefined;
  if (first >= size) throw unsatisfiable();
  return { first, last: Math.min(last, size - 1) };
};
