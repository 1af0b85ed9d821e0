import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of requests that are refused before a resource handles them. */
export const requestErrors = defineErrors({
  API_INDENT_INVALID: {
    status: 400,
    title: 'The indent is not valid',
    meaning: '`indent` must be a whole number from 0 to 10.',
  },
  API_LIMIT_INVALID: {
    status: 400,
    title: 'The limit is not valid',
    meaning: '`limit` must be a whole number from 1 to 1000.',
  },
  API_CURSOR_INVALID: {
    status: 400,
    title: 'The cursor is not valid',
    meaning: '`after` must be copied unchanged from the `Link` header of an earlier answer, with a `limit`.',
  },
  API_QUERY_INVALID: {
    status: 400,
    title: 'The query is not valid',
    meaning: 'A query parameter is missing, repeated or wrong; `detail` names each of them.',
  },
  API_BODY_NOT_JSON: {
    status: 400,
    title: 'The body is not JSON',
    meaning: 'The body must be one JSON value in UTF-8, whatever its Content-Type says.',
  },
  API_BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body may have 64 KiB at most.',
  },
  API_BODY_ENCODING_UNSUPPORTED: {
    status: 415,
    title: 'The encoding of the body is not supported',
    meaning: 'The body has a content coding or a charset that the API does not read.',
  },
});
