import { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of a range request. */
export const rangeErrors = defineErrors({
  STATIC_RANGE_INVALID: {
    status: 416,
    title: 'The range lies outside the file',
    meaning: '`Range` starts past the end of the file; `Content-Range` contains its length.',
  },
});

/** The first and the last byte, both included, counted from 0. */
export type ByteRange = { readonly first: number; readonly last: number };

const singleRange = /^\s*bytes=[\s,]*(\d*)-(\d*)[\s,]*$/i;

/**
 * Parses a `Range` header for a representation of `size` bytes (RFC 9110 14.1.2). Returns undefined when the whole must
 * be sent: without the header, when it is malformed or in another unit, and for several ranges, which a server may
 * ignore. Throws STATIC_RANGE_INVALID (416) when the range holds no byte of the representation.
 */
export const parseByteRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const [, from = '', to = ''] = singleRange.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const unsatisfiable = (): AppError =>
    new AppError(rangeErrors.STATIC_RANGE_INVALID, {
      detail: `The file has ${size} bytes.`,
      headers: { 'Content-Range': `bytes */${size}` },
    });
  if (from === '') {
    const length = Number(to);
    if (length === 0) throw unsatisfiable();
    // The suffix of an empty file is all of it, which Content-Range can't express.
    return size === 0 ? undefined : { first: Math.max(0, size - length), last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? Number.POSITIVE_INFINITY : Number(to);
  if (last < first) return undefined;
  if (first >= size) throw unsatisfiable();
  return { first, last: Math.min(last, size - 1) };
};
