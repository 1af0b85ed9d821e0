import { defineErrors } from '../errors/define-errors.ts';

/** Errors that every server can answer. */
export const httpErrors = defineErrors({
  NOT_FOUND: {
    status: 404,
    title: 'Nothing is here',
    meaning: 'Nothing is served under this path, or the path is not available to outside clients.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This method is not allowed here',
    meaning: '`Allow` lists the methods that this path supports.',
  },
  REQUEST_INVALID: {
    status: 400,
    title: 'The request is malformed',
    meaning: 'The request breaks the rules of HTTP/1.1, or its body ended too early.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The head or the body of the request arrived too slowly.',
  },
  REQUEST_HEAD_TOO_LARGE: {
    status: 431,
    title: 'The request head is too large',
    meaning: 'The request head is larger than 16 KiB, or has more than 100 header lines (proxy only).',
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'The expectation cannot be met',
    meaning: 'The only supported value of `Expect` is `100-continue`.',
  },
  MEMORY_FULL: {
    status: 503,
    title: 'This copy has no memory left',
    meaning:
      'The JavaScript heap of the process is nearly full, which `--max-old-space-size` of Node limits. Requests that have begun are finished; try again after `Retry-After`.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something went wrong on our side',
    meaning: 'An internal failure. The log has the cause under the same request id.',
  },
});
