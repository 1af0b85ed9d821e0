import type { EngineConfig } from './engine.ts';
import type { Attempt, Exchange } from './exchange.ts';
import type { ForwardedFacts } from './forwarded-headers.ts';
import { findStickyCookie } from './sticky-cookie.ts';

const formatMs = (ms: number): string => Math.max(0, ms).toFixed(1);

/**
 * `Server-Timing` (W3C) of a response, from the times that are known at its head: what passed before this try, how long
 * the upstream took, and the number of tries. It names no upstream, because clients see it.
 */
const serverTimingOf = ({ beganMs, attempts }: Exchange, attempt: Attempt): string =>
  `proxy;dur=${formatMs(attempt.beganMs - beganMs)}, upstream;dur=${formatMs(attempt.headMs - attempt.beganMs)}, tries;desc="${attempts.length}"`;

/** Headers that the proxy adds to a response by choice: name, value, name, value. Most responses have none. */
export const addedHeaders = (
  exchange: Exchange,
  attempt: Attempt,
  facts: ForwardedFacts,
  { serverTiming, trustedProxies }: Pick<EngineConfig, 'serverTiming' | 'trustedProxies'>,
): readonly string[] => {
  const cookie = findStickyCookie(exchange, attempt.upstream, facts, trustedProxies);
  return [
    ...(cookie === undefined ? [] : ['Set-Cookie', cookie]),
    ...(serverTiming ? ['Server-Timing', serverTimingOf(exchange, attempt)] : []),
  ];
};
