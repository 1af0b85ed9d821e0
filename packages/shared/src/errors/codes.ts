/**
 * Every error that a client of Tripod can meet: code → HTTP status and title. The one table; docs/errors.md and
 * the tests are held against it.
 */
export const errorCodes = {
  NOT_FOUND: { status: 404, title: 'Nothing is here' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This method is not allowed here' },
  REQUEST_INVALID: { status: 400, title: 'The request is malformed' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  REQUEST_HEAD_TOO_LARGE: { status: 431, title: 'The request head is too large' },
  EXPECTATION_FAILED: { status: 417, title: 'The expectation can not be met' },
  INTERNAL_ERROR: { status: 500, title: 'Something went wrong on our side' },

  API_INDENT_INVALID: { status: 400, title: 'The indent is not valid' },
  API_LIMIT_INVALID: { status: 400, title: 'The limit is not valid' },
  API_CURSOR_INVALID: { status: 400, title: 'The cursor is not valid' },
  API_BODY_NOT_JSON: { status: 400, title: 'The body is not JSON' },
  API_BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  API_BODY_ENCODING_UNSUPPORTED: { status: 415, title: 'The encoding of the body is not supported' },
  API_IMAGE_INVALID: { status: 400, title: 'The image is not valid' },
  API_DATABASE_UNAVAILABLE: { status: 503, title: 'The database is not available' },
  API_DURABILITY_OFF: { status: 503, title: 'Writes are refused' },
  API_WRITE_UNCERTAIN: { status: 503, title: 'The fate of the write is unknown' },

  STATIC_PATH_INVALID: { status: 400, title: 'The path is malformed' },
  STATIC_FILE_UNREADABLE: { status: 403, title: 'The server may not read this file' },
  STATIC_PRECONDITION_FAILED: { status: 412, title: 'The file is not in the state asked for' },
  STATIC_RANGE_INVALID: { status: 416, title: 'The range lies outside the file' },
  STATIC_BUSY: { status: 503, title: 'The file can not be read just now' },

  PROXY_PATH_INVALID: { status: 400, title: 'The path is ambiguous' },
  PROXY_URL_TOO_LONG: { status: 414, title: 'The URL is too long' },
  PROXY_BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  PROXY_METHOD_REFUSED: { status: 405, title: 'This method is not forwarded' },
  PROXY_EXPECTATION_FAILED: { status: 417, title: 'The expectation can not be met' },
  PROXY_CODING_UNSUPPORTED: { status: 501, title: 'This transfer coding is not supported' },
  PROXY_UPSTREAM_FAILED: { status: 502, title: 'The upstream broke off' },
  PROXY_OVERLOADED: { status: 503, title: 'The proxy has too many connections' },
  PROXY_NO_UPSTREAM: { status: 503, title: 'No upstream is available' },
  PROXY_UPSTREAM_TIMEOUT: { status: 504, title: 'The upstream did not answer in time' },

  ADMIN_ADDRESS_REFUSED: { status: 403, title: 'The admin side answers this machine only' },
  ADMIN_BODY_INVALID: { status: 400, title: 'The body is not valid' },
  ADMIN_CONFIG_INVALID: { status: 422, title: 'The configuration is not valid' },
  ADMIN_POOL_UNKNOWN: { status: 404, title: 'No such pool' },
  ADMIN_UPSTREAM_UNKNOWN: { status: 404, title: 'No such upstream' },
  ADMIN_UPSTREAM_EXISTS: { status: 409, title: 'The upstream is there already' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ErrorCode = keyof typeof errorCodes;
