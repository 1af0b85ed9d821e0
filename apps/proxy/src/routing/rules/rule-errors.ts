import { defineErrors } from '@tripod/shared/errors/define-errors';

/** Errors of requests that the rules of their route refuse. */
export const ruleErrors = defineErrors({
  PROXY_ADDRESS_REFUSED: {
    status: 403,
    title: 'This address may not use the route',
    meaning: 'The client address is in `deny` of the route, or not in its `allow`.',
  },
  PROXY_RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    meaning:
      'The client address sent more requests than `rateLimit` of the route allows: try again after `Retry-After`.',
  },
  PROXY_CREDENTIALS_REQUIRED: {
    status: 401,
    title: 'A user name and a password are required',
    meaning: 'The route has `basicAuth`, and the request has no credentials, or wrong ones.',
  },
  PROXY_PASSWORD_CHECKS_BUSY: {
    status: 503,
    title: 'Too many passwords are being checked',
    meaning:
      'Passwords stored as `scrypt:…` are checked one at a time, and 16 wait already: try again after `Retry-After`.',
  },
});
