import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of the admin server. */
export const adminErrors = defineErrors({
  ADMIN_ADDRESS_REFUSED: {
    status: 403,
    title: 'The admin side answers this machine only',
    meaning: 'The admin side was asked under a name or by a page that is not of this machine.',
  },
  ADMIN_BODY_INVALID: {
    status: 400,
    title: 'The body is not valid',
    meaning: '`errors` names each wrong field of the body, which must be JSON of 64 KiB at most.',
  },
  ADMIN_CONFIG_INVALID: {
    status: 422,
    title: 'The configuration is not valid',
    meaning:
      '`errors` names everything that is wrong with the new configuration; the old one stays in force.',
  },
  ADMIN_POOL_UNKNOWN: { status: 404, title: 'No such pool', meaning: '`GET /pools` lists the pools.' },
  ADMIN_UPSTREAM_UNKNOWN: {
    status: 404,
    title: 'No such upstream',
    meaning: '`GET /pools` lists the upstreams of each pool.',
  },
  ADMIN_POOL_FULL: {
    status: 409,
    title: 'The pool is full',
    meaning: 'The pool has 1,000 upstreams, which is the limit. Remove one first.',
  },
  ADMIN_UPSTREAM_EXISTS: {
    status: 409,
    title: 'The upstream is there already',
    meaning: 'The pool has an upstream with this address already.',
  },
});
