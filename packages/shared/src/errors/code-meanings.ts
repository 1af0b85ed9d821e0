import type { ErrorCode } from './codes.ts';

/** When each error happens and what to do about it, for docs/errors.md. */
export const codeMeanings: Readonly<Record<ErrorCode, string>> = {
  NOT_FOUND: 'Nothing is served under this path, or the path is not for the outside.',
  METHOD_NOT_ALLOWED: '`Allow` lists the methods that are taken here.',
  REQUEST_INVALID: 'The request breaks the rules of HTTP/1.1, or its body ended too early.',
  REQUEST_TIMEOUT: 'The head or the body of the request came too slowly.',
  REQUEST_HEAD_TOO_LARGE: 'The request head is over 16 KiB, or the proxy got over 100 header lines.',
  EXPECTATION_FAILED: '`Expect` may only be `100-continue`.',
  INTERNAL_ERROR: 'A fault of ours. The log has the cause under the same request id.',

  API_INDENT_INVALID: '`indent` must be a whole number from 0 to 10.',
  API_LIMIT_INVALID: '`limit` must be a whole number from 1 to 1000.',
  API_CURSOR_INVALID: '`after` must be taken as it is from the `Link` of an earlier answer, with a `limit`.',
  API_BODY_NOT_JSON: 'The body must be one JSON value in UTF-8, whatever its Content-Type says.',
  API_BODY_TOO_LARGE: 'The body may have 64 KiB at most.',
  API_BODY_ENCODING_UNSUPPORTED: 'The body has a coding or a character set that the API does not read.',
  API_IMAGE_INVALID: 'Fields are missing, unknown or wrong; `errors` names each of them.',
  API_DATABASE_UNAVAILABLE:
    'Postgres can not be used now: away, full, read-only or busy. Nothing was written: try again after `Retry-After`.',
  API_DURABILITY_OFF:
    'Postgres may lose what it confirms: switch on what `/readyz` names, or start with `--allow-unsafe-durability`.',
  API_WRITE_UNCERTAIN:
    'The connection to Postgres broke after the write was sent: look before you send it again.',

  STATIC_PATH_INVALID: 'The path holds a raw NUL, a raw backslash or broken percent-encoding.',
  STATIC_FILE_UNREADABLE: 'The file is there, but the user of the static server has no right to read it.',
  STATIC_PRECONDITION_FAILED: '`If-Match` or `If-Unmodified-Since` does not hold for the file as it is now.',
  STATIC_RANGE_INVALID: '`Range` starts past the end of the file; `Content-Range` tells its length.',
  STATIC_BUSY:
    'No file descriptor is left, or the file is being written to again and again: try again after `Retry-After`.',

  PROXY_PATH_INVALID: 'Two servers could read the path differently, so it is not forwarded.',
  PROXY_URL_TOO_LONG: 'The URL has over 8192 characters.',
  PROXY_BODY_TOO_LARGE: 'The body is over `--max-body-bytes`.',
  PROXY_METHOD_REFUSED: '`Allow` lists the methods that the proxy forwards.',
  PROXY_EXPECTATION_FAILED: '`Expect` may only be `100-continue`.',
  PROXY_CODING_UNSUPPORTED: '`Transfer-Encoding` may only be `chunked`.',
  PROXY_UPSTREAM_FAILED:
    'An upstream was reached and broke off, or answered nonsense, before a valid head. A POST may have been carried out (`detail` says so): look before you send it again.',
  PROXY_OVERLOADED:
    'As many clients are connected as `--max-connections` allows: try again after `Retry-After`.',
  PROXY_NO_UPSTREAM: 'No upstream of the pool is available, or each refused the connection.',
  PROXY_UPSTREAM_TIMEOUT:
    'No connection came about within `--connect-timeout-ms`, or no head of the response within `--response-timeout-ms`. A POST may have been carried out (`detail` says so): look before you send it again.',

  ADMIN_ADDRESS_REFUSED: 'The admin side was asked under a name or by a page that is not of this machine.',
  ADMIN_BODY_INVALID: '`errors` names each wrong field of the body, which must be JSON of 64 KiB at most.',
  ADMIN_CONFIG_INVALID:
    '`errors` names everything that is wrong with the new configuration; the old one stays in force.',
  ADMIN_POOL_UNKNOWN: '`GET /pools` lists the pools.',
  ADMIN_UPSTREAM_UNKNOWN: '`GET /pools` lists the upstreams of each pool.',
  ADMIN_UPSTREAM_EXISTS: 'The pool has an upstream with this address already.',
};
