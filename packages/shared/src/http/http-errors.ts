import { defineErrors } from '../errors/define-errors.ts';

/** Errors that every server can answer. */
export const httpErrors = defineErrors({
  NOT_FOUND: {
    status: 404,
    title: 'Nothing is here',
    meaning: 'Nothing is served under this path, or the path is not for the outside.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This method is not allowed here',
    meaning: '`Allow` lists the methods that are taken here.',
  },
  REQUEST_INVALID: {
    status: 400,
    title: 'The request is malformed',
    meaning: 'The request breaks the rules of HTTP/1.1, or its body ended too early.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    meaning: 'The head or the body of the request came too slowly.',
  },
  REQUEST_HEAD_TOO_LARGE: {
    status: 431,
    title: 'The request head is too large',
    meaning: 'The request head is over 16 KiB, or the proxy got over 100 header lines.',
  },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'The expectation can not be met',
    meaning: '`Expect` may only be `100-continue`.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something went wrong on our side',
    meaning: 'A fault of ours. The log has the cause under the same request id.',
  },
});
