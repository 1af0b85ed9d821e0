import { isIPv6 } from 'node:net';
import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import type { RequestGuard } from './request-guard.ts';
import { ruleErrors } from './rule-errors.ts';

/** Requests that one client may send. */
export type RateLimit = {
  readonly perSecond: number;
  /** Requests that may come at once. Default: as many as in one second, and at least 1. */
  readonly burst?: number;
};

/** Clients that are counted at once; then the one that has sent nothing for the longest time is forgotten. */
const maxClients = 65_536;

/** One client of IPv6 usually has a whole /64 network, so that is what is counted (RFC 6177). */
const networkOf = (address: string): string => {
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const tail = right === '' ? 0 : right.split(':').length;
    while (groups.length < 8 - tail) groups.push('0');
    if (right !== '') groups.push(...right.split(':'));
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
};

/**
 * Creates a guard that refuses (429) the requests of a client address over its rate. It is a token bucket kept as one
 * number for each client: the time at which the bucket will be full again (GCRA).
 */
export const createRateLimit = (limit: RateLimit, clock: Clock): RequestGuard => {
  const { perSecond, burst = Math.max(1, Math.ceil(perSecond)) } = limit;
  const intervalMs = 1000 / perSecond;
  const toleranceMs = (burst - 1) * intervalMs;
  /** In the order of the last request, so that the first key is the client that has been idle for the longest time. */
  const fullAtMs = new Map<string, number>();
  return ({ clientAddress }) => {
    const client = networkOf(clientAddress);
    const nowMs = clock.monotonicMs();
    const emptyMs = Math.max(fullAtMs.get(client) ?? nowMs, nowMs);
    const waitMs = emptyMs - nowMs - toleranceMs;
    if (waitMs > 0) {
      const seconds = Math.max(1, Math.ceil(waitMs / 1000));
      throw new AppError(ruleErrors.PROXY_RATE_LIMITED, { headers: { 'Retry-After': String(seconds) } });
    }
    fullAtMs.delete(client);
    if (fullAtMs.size >= maxClients) {
      const [idle] = fullAtMs.keys();
      if (idle !== undefined) fullAtMs.delete(idle);
    }
    fullAtMs.set(client, emptyMs + intervalMs);
    return undefined;
  };
};
