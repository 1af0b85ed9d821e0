import type { Parameter } from './operation.ts';
import { requestErrors } from './request-errors.ts';
import { createQueryParser } from './validate.ts';

/** The query of a request target; undefined without one. Express's own parsers hide a name that is given twice. */
export const queryOf = (target = ''): URLSearchParams | undefined => {
  const start = target.indexOf('?');
  return start === -1 ? undefined : new URLSearchParams(target.slice(start + 1));
};

/** The query parameter that every operation knows. */
export const indentParameter: Parameter = {
  description: 'Spaces of indentation; 0, the default, is compact',
  schema: { type: 'integer', minimum: 0, maximum: 10 },
  error: requestErrors.API_INDENT_INVALID,
};

const parse = createQueryParser({ indent: indentParameter });

/** Spaces of JSON indentation that a query asks for, 0 by default. Throws API_INDENT_INVALID. */
export const parseIndent = (query: URLSearchParams | undefined): number =>
  query === undefined ? 0 : ((parse(query)['indent'] as number | undefined) ?? 0);

/** The same for an answer that is an error already: 0 when the value is not valid. */
export const indentOf = (target: string | undefined): number => {
  try {
    return parseIndent(queryOf(target));
  } catch {
    return 0;
  }
};
