import { AppError } from '@tripod/shared/errors/app-error';
import { queryOf } from './query-of.ts';
import { requestErrors } from './request-errors.ts';

/** Most spaces of indentation. */
export const maxIndent = 10;

const valid = /^\d{1,2}$/;

/** The value of `indent`, undefined when it is not given, or null when it is not valid. */
const findIndent = (query: URLSearchParams): number | undefined | null => {
  const values = query.getAll('indent');
  if (values.length === 0) return undefined;
  const [value = ''] = values;
  if (values.length > 1 || !valid.test(value) || Number(value) > maxIndent) return null;
  return String(Number(value)) === value ? Number(value) : null;
};

/**
 * Spaces of JSON indentation that the query asks for: a whole number from 0, which is compact and the default, to
 * 10. Throws API_INDENT_INVALID for anything else.
 */
export const parseIndent = (query: URLSearchParams): number => {
  const indent = findIndent(query);
  if (indent !== null) return indent ?? 0;
  throw new AppError(requestErrors.API_INDENT_INVALID, {
    detail: `indent must be given once, as a whole number from 0 to ${maxIndent}.`,
  });
};

/** The same for answers that are errors already: 0 when the query asks for nonsense. */
export const indentOf = (url: string | undefined): number => findIndent(queryOf(url)) ?? 0;
