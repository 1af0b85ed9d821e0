import type { Clock } from '@tripod/shared/async/clock';
import { isConnectFailure } from './connect-failure.ts';

/**
 * How an attempt failed before a valid response head. `shortage`: this machine lacked descriptors or ports.
 * `unhealthy`: the health checks found the upstream dead while the request waited for it.
 */
export type AttemptFailure =
  | 'refused'
  | 'shortage'
  | 'connect-timeout'
  | 'broke'
  | 'invalid-head'
  | 'response-timeout'
  | 'unhealthy';

/** What the retry rule depends on. */
export type RetryFacts = {
  readonly failure: AttemptFailure;
  readonly method: string;
  /** The request has no body, or its whole body is kept and can be sent again. */
  readonly replayable: boolean;
  /** The connection of the attempt had served before. */
  readonly reused: boolean;
  /** Upstreams tried so far. */
  readonly tries: number;
  /** Whether an untried upstream is available. */
  readonly othersLeft: boolean;
  /** Since the request was received. */
  readonly elapsedMs: number;
};

/** Try the same upstream on a new connection, try the next upstream, or stop. */
export type RetryDecision = 'same-fresh' | 'next' | 'stop';

const maxTries = 3;
const maxElapsedMs = 10_000;

/** Methods whose effect is the same when a request is carried out twice (RFC 9110 9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Whether a failed attempt may have had an effect that a second attempt would repeat. */
export const mayHaveEffect = (method: string, failure: AttemptFailure): boolean =>
  !isConnectFailure(failure) && !idempotentMethods.has(method);

/**
 * Decides whether a failed attempt is repeated. A failed connect has sent nothing, so any method may be tried again.
 * After that, only idempotent methods: a POST whose body or head has started to be sent is never sent again. On a
 * reused connection the likely reason is that the upstream had just closed it, so that attempt costs neither a try nor
 * budget.
 */
export const decideRetry = (facts: RetryFacts, mayAfford: () => boolean): RetryDecision => {
  if (facts.elapsedMs >= maxElapsedMs) return 'stop';
  const mayTryNext = facts.othersLeft && facts.tries < maxTries;
  if (isConnectFailure(facts.failure)) return mayTryNext ? 'next' : 'stop';
  if (!idempotentMethods.has(facts.method) || !facts.replayable) return 'stop';
  if (facts.reused && (facts.failure === 'broke' || facts.failure === 'invalid-head')) return 'same-fresh';
  // Last, because it takes a retry out of the budget.
  return mayTryNext && mayAfford() ? 'next' : 'stop';
};

const windowMs = 10_000;
const slots = 10;
const share = 0.1;
const allowance = 10;

/**
 * Limits retries to 10 % of the requests of the last 10 s, plus 10. Without a limit, retries would multiply the load
 * when every upstream fails.
 */
export class RetryBudget {
  /** Retries that the budget allowed and refused, since the start. */
  readonly counters = { spent: 0, refused: 0 };
  readonly #clock: Clock;
  readonly #requests = new Array<number>(slots).fill(0);
  readonly #retries = new Array<number>(slots).fill(0);
  #slot = 0;
  #slotBeganMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#slotBeganMs = clock.monotonicMs();
  }

  /** Counts a request, received at this monotonic time. */
  earn(nowMs: number): void {
    this.#turn(nowMs);
    this.#requests[this.#slot] = (this.#requests[this.#slot] ?? 0) + 1;
  }

  /** Takes one retry out of the budget; returns false when nothing is left. */
  spend(): boolean {
    this.#turn(this.#clock.monotonicMs());
    const requests = this.#requests.reduce((sum, count) => sum + count, 0);
    const retries = this.#retries.reduce((sum, count) => sum + count, 0);
    if (retries >= requests * share + allowance) {
      this.counters.refused += 1;
      return false;
    }
    this.counters.spent += 1;
    this.#retries[this.#slot] = (this.#retries[this.#slot] ?? 0) + 1;
    return true;
  }

  #turn(nowMs: number): void {
    const slotMs = windowMs / slots;
    let passed = Math.floor((nowMs - this.#slotBeganMs) / slotMs);
    if (passed === 0) return;
    this.#slotBeganMs += passed * slotMs;
    for (; passed > 0; passed -= 1) {
      this.#slot = (this.#slot + 1) % slots;
      this.#requests[this.#slot] = 0;
      this.#retries[this.#slot] = 0;
      if (passed > slots) passed = slots;
    }
  }
}
