import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of requests that are refused, or cannot be forwarded. */
export const forwardingErrors = defineErrors({
  PROXY_TLS_REQUIRED: {
    status: 400,
    title: 'This port speaks TLS',
    meaning: 'The request was sent as plain HTTP to a port that expects TLS: use https.',
  },
  PROXY_URL_TOO_LONG: {
    status: 414,
    title: 'The URL is too long',
    meaning: 'The URL has more than 8192 characters.',
  },
  PROXY_BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body is larger than `--max-body-bytes`.',
  },
  PROXY_EXPECTATION_FAILED: {
    status: 417,
    title: 'The expectation cannot be met',
    meaning: '`Expect` may only be `100-continue`.',
  },
  PROXY_CODING_UNSUPPORTED: {
    status: 501,
    title: 'This transfer coding is not supported',
    meaning: '`Transfer-Encoding` may only be `chunked`.',
  },
  PROXY_UPSTREAM_FAILED: {
    status: 502,
    title: 'The upstream failed',
    meaning:
      'The connection to an upstream broke, or it sent an invalid response head. A POST may have been carried out (`detail` says so): check before you send it again.',
  },
  PROXY_OVERLOADED: {
    status: 503,
    title: 'The proxy has too many connections',
    meaning: 'The limit `--max-connections` is reached: try again after `Retry-After`.',
  },
  PROXY_NO_UPSTREAM: {
    status: 503,
    title: 'No upstream is available',
    meaning: 'No upstream of the pool is available, or every upstream refused the connection.',
  },
  PROXY_UPSTREAM_TIMEOUT: {
    status: 504,
    title: 'The upstream did not answer in time',
    meaning:
      'No connection was made within `--connect-timeout-ms`, or no response head arrived within `--response-timeout-ms`. A POST may have been carried out (`detail` says so): check before you send it again.',
  },
});
