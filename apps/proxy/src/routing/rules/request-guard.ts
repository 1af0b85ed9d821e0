import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import type { RequestFacts } from '../../balancing/selection-policy.ts';
import { type BasicAuth, createBasicAuth } from './basic-auth.ts';
import { parseNetworks } from './networks.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { ruleErrors } from './rule-errors.ts';

/**
 * Checks a request before it is forwarded. Throws an AppError when the request is refused. Returns a promise, which may
 * reject with an AppError, only while a password is checked that was not checked before.
 */
export type RequestGuard = (request: RequestFacts) => Promise<void> | undefined;

/** Who may use a route, and how often. */
export type AccessRules = {
  /** Networks whose clients may use the route; default all. */
  readonly allow?: readonly string[];
  /** Networks whose clients may not, although `allow` has them. */
  readonly deny?: readonly string[];
  readonly rateLimit?: RateLimit;
  readonly basicAuth?: BasicAuth;
};

const createAddressGuard = ({ allow, deny = [] }: AccessRules): RequestGuard => {
  const allowed = allow && parseNetworks(allow);
  const denied = parseNetworks(deny);
  return ({ clientAddress }) => {
    if (denied.has(clientAddress) || (allowed && !allowed.has(clientAddress)))
      throw new AppError(ruleErrors.PROXY_ADDRESS_REFUSED);
    return undefined;
  };
};

/**
 * Creates the guard of a route; undefined for a route without access rules. It checks the address, then the rate, then
 * the password, so that passwords cannot be guessed faster than the rate allows.
 */
export const createRequestGuard = (rules: AccessRules, clock: Clock): RequestGuard | undefined => {
  const { allow, deny, rateLimit, basicAuth } = rules;
  const guards: RequestGuard[] = [];
  if (allow ?? deny) guards.push(createAddressGuard(rules));
  if (rateLimit) guards.push(createRateLimit(rateLimit, clock));
  if (basicAuth) guards.push(createBasicAuth(basicAuth));
  if (guards.length < 2) return guards[0];
  return (request) => {
    for (const guard of guards) {
      // Only the last one, which checks passwords, returns a promise.
      const pending = guard(request);
      if (pending !== undefined) return pending;
    }
    return undefined;
  };
};
