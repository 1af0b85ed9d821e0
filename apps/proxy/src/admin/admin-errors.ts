import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the admin server. */
export const adminErrors = defineErrors({
  ADMIN_ADDRESS_REFUSED: {
    status: 403,
    title: 'The admin side serves its own address only',
    meaning:
      'The Host is not this machine, or the request comes from a web page of another origin (Origin, Sec-Fetch-Site).',
  },
  ADMIN_TOKEN_REQUIRED: {
    status: 401,
    title: 'The token of the admin side is required',
    meaning: 'Send `Authorization: Bearer TOKEN` with the value of `ADMIN_TOKEN`.',
  },
  ADMIN_BODY_INVALID: {
    status: 400,
    title: 'The body is not valid',
    meaning: '`errors` lists the invalid fields. The body must be JSON of at most 64 KiB and 16 levels.',
  },
  ADMIN_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The body must be JSON',
    meaning: 'Send the body with `Content-Type: application/json`.',
  },
  ADMIN_CONFIG_INVALID: {
    status: 422,
    title: 'The configuration is not valid',
    meaning: '`errors` lists every problem of the new configuration; the old one stays in force.',
  },
  ADMIN_POOL_UNKNOWN: { status: 404, title: 'No such pool', meaning: '`GET /pools` lists the pools.' },
  ADMIN_UPSTREAM_UNKNOWN: {
    status: 404,
    title: 'No such upstream',
    meaning: '`GET /pools` lists the upstreams of each pool.',
  },
  ADMIN_TRACE_UNKNOWN: {
    status: 404,
    title: 'No such trace',
    meaning:
      'Only slow, failed and retried requests leave a trace, and those with `X-Trace: 1` from `--trace-from`; the last 10,000 are kept.',
  },
  ADMIN_LIMIT_INVALID: {
    status: 400,
    title: 'The limit is not valid',
    meaning: '`?limit=N` must be a whole number from 1 to 1000.',
  },
  ADMIN_POOL_FULL: {
    status: 409,
    title: 'The pool is full',
    meaning: 'The pool has 1,000 upstreams, which is the limit. Remove one first.',
  },
  ADMIN_UPSTREAM_EXISTS: {
    status: 409,
    title: 'The upstream exists already',
    meaning: 'The pool already has an upstream with this address.',
  },
});
