import type { Clock } from '@tripod/shared/async/clock';
import { isConnectFailure } from './connect-failure.ts';

/** How an attempt ended before a valid response head came; `shortage`: for want of descriptors or ports of our own. */
export type AttemptFailure =
  | 'refused'
  | 'shortage'
  | 'connect-timeout'
  | 'broke'
  | 'invalid-head'
  | 'response-timeout';

/** What the rule looks at. */
export type RetryFacts = {
  readonly failure: AttemptFailure;
  readonly method: string;
  /** No body, or one that is kept whole and can be sent again. */
  readonly replayable: boolean;
  /** The attempt went out on a connection that had served before. */
  readonly reused: boolean;
  /** Attempts so far that count as a try. */
  readonly tries: number;
  /** Whether an upstream is available that was not tried yet. */
  readonly othersLeft: boolean;
  /** Since the request came. */
  readonly elapsedMs: number;
};

/** Again to the same upstream on a fresh connection, on to the next upstream, or no more. */
export type RetryDecision = 'same-fresh' | 'next' | 'stop';

const maxTries = 3;
const maxElapsedMs = 10_000;

/** Methods that mean the same when they arrive twice (RFC 9110 9.2.2). */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Whether a failed attempt may have had an effect that a second one would have again. */
export const mayHaveEffect = (method: string, failure: AttemptFailure): boolean =>
  !isConnectFailure(failure) && !idempotentMethods.has(method);

/**
 * Whether a failed attempt is made again. A connect that failed has sent nothing: any method may go on. Everything
 * later may have had its effect: only idempotent methods. On a reused connection the likely reason is that the
 * upstream had just closed it, so that attempt costs neither a try nor budget. A POST of which a byte was written is
 * never sent again.
 */
export const decideRetry = (facts: RetryFacts, mayAfford: () => boolean): RetryDecision => {
  if (facts.elapsedMs >= maxElapsedMs) return 'stop';
  const mayGoOn = facts.othersLeft && facts.tries < maxTries;
  if (isConnectFailure(facts.failure)) return mayGoOn ? 'next' : 'stop';
  if (!idempotentMethods.has(facts.method) || !facts.replayable) return 'stop';
  if (facts.reused && facts.failure !== 'response-timeout') return 'same-fresh';
  // Asked last: asking takes it out of the budget, which pools share.
  return mayGoOn && mayAfford() ? 'next' : 'stop';
};

const windowMs = 10_000;
const slots = 10;
const share = 0.1;
const allowance = 10;

/**
 * How many retries may go out: 10 % of the requests of the last 10 s, plus 10. When everything fails, retries would
 * otherwise multiply the load by the number of tries.
 */
export class RetryBudget {
  /** Retries since the start that were paid for, and those that were refused because it was spent. */
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

  /** A request came in, now by the clock. */
  earn(nowMs: number): void {
    this.#turn(nowMs);
    this.#requests[this.#slot] = (this.#requests[this.#slot] ?? 0) + 1;
  }

  /** Takes one retry out of the budget; false when it is spent. */
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
