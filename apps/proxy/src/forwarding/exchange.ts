import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import { considerUpstreams, describeSelection, type Selection } from '../balancing/describe-selection.ts';
import type { RequestFacts } from '../balancing/selection-policy.ts';
import type { Upstream } from '../balancing/upstream.ts';
import type { SkippedUpstream } from '../balancing/upstream-pool.ts';
import type { Route } from '../routing/route-table.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import { forwardingErrors } from './forwarding-errors.ts';
import {
  type AttemptFailure,
  decideRetry,
  mayHaveEffect,
  type RetryBudget,
  type RetryDecision,
} from './retry.ts';

/** One try of an exchange at one upstream. */
export type Attempt = {
  readonly upstream: Upstream;
  readonly beganMs: number;
  /** When the head of the response was received; 0 before. */
  headMs: number;
  /** The upstreams of the pool that got no requests when this one was selected. */
  readonly skipped: readonly SkippedUpstream[];
  /** How it was selected; only for a request that asks for a trace. */
  readonly selection: Selection | undefined;
  /** Whether it must use a new connection. */
  readonly fresh: boolean;
  /** Whether its connection had served before. Set by the engine. */
  reused: boolean;
  /** Status of the response, 0 before its head. */
  status: number;
  failure: AttemptFailure | undefined;
  /** The response broke off after its head. */
  brokeOff: boolean;
  durationMs: number;
  /** Bytes on the wire, heads and framing included. Set by the engine before the attempt ends. */
  bytesSent: number;
  bytesReceived: number;
  ended: boolean;
};

/** What all exchanges of a proxy share. */
export type ExchangeContext = {
  readonly clock: Clock;
  readonly observer: ExchangeObserver;
  readonly budget: RetryBudget;
};

/** A request as its head describes it. */
export type ExchangeRequest = RequestFacts & {
  readonly protocol: string;
  readonly requestId: string;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
  /** Whether a trusted client asks for a trace. Default false. */
  readonly isTraced?: boolean;
};

const timeouts: ReadonlySet<AttemptFailure> = new Set(['connect-timeout', 'response-timeout', 'unhealthy']);

const noUpstreams: readonly Upstream[] = [];
const noneSkipped: readonly SkippedUpstream[] = [];

const uncertain = 'The request may have been carried out: check before you send it again.';

/**
 * The status of a client that closed its connection before the response, as in nginx. Used in logs and metrics only.
 */
export const clientLeft = 499;

const createAttempt = (
  upstream: Upstream,
  fresh: boolean,
  beganMs: number,
  { skipped }: Pick<Attempt, 'skipped'>,
  selection: Selection | undefined,
): Attempt => ({
  upstream,
  beganMs,
  headMs: 0,
  skipped,
  selection,
  fresh,
  reused: false,
  status: 0,
  failure: undefined,
  brokeOff: false,
  durationMs: 0,
  bytesSent: 0,
  bytesReceived: 0,
  ended: false,
});

/** One request and its response: which upstreams are tried, and the result. Independent of sockets and streams. */
export class Exchange {
  readonly request: ExchangeRequest;
  readonly beganMs: number;
  readonly attempts: Attempt[] = [];
  route: Route | undefined;
  status = 0;
  /** Bytes of the response body that were sent. */
  bytes = 0;
  durationMs = 0;
  /** Code of the error that the proxy responded with; undefined for a response of an upstream. */
  code: string | undefined;
  /** The upstreams of the pool that got no requests at the last selection. */
  skipped: readonly SkippedUpstream[] = noneSkipped;
  readonly #context: ExchangeContext;
  #finished = false;

  constructor(context: ExchangeContext, request: ExchangeRequest) {
    this.#context = context;
    this.request = request;
    this.beganMs = context.clock.monotonicMs();
    context.budget.earn(this.beganMs);
    context.observer.received(this);
  }

  /** Starts an attempt at an upstream that was not tried yet; undefined when none is available. */
  startAttempt(route: Route): Attempt | undefined {
    this.route = route;
    const tried = this.#findTried();
    this.skipped = route.pool.skipped;
    const before = this.request.isTraced ? considerUpstreams(route.pool, tried) : undefined;
    const upstream = route.pool.select(this.request, tried);
    if (!upstream) return undefined;
    return this.#start(
      upstream,
      false,
      before && describeSelection(before, upstream, this.request, route.pool),
    );
  }

  /** Starts another attempt at the same upstream, on a new connection. */
  retryOnFreshConnection({ upstream }: Attempt): Attempt {
    return this.#start(upstream, true);
  }

  /** The upstream sent a valid response head. */
  receivedHead(attempt: Attempt, status: number): void {
    attempt.status = status;
    attempt.headMs = this.#context.clock.monotonicMs();
  }

  /** The response has ended, or the client left. */
  endAttempt(attempt: Attempt): void {
    this.#end(attempt, this.#context.clock.monotonicMs());
  }

  /** Ends an attempt that failed before a response head, and decides whether and where to try again. */
  failAttempt(attempt: Attempt, failure: AttemptFailure, replayable: boolean): RetryDecision {
    const nowMs = this.#context.clock.monotonicMs();
    attempt.failure = failure;
    this.#end(attempt, nowMs);
    const decision = this.#decide(attempt, failure, replayable, nowMs);
    if (decision !== 'stop') attempt.upstream.counters.retries += 1;
    return decision;
  }

  /**
   * Whether an attempt that waits for an unhealthy upstream may be tried at another one; takes the retry out of the
   * budget. If so, `leave` must follow.
   */
  mayLeave(attempt: Attempt, replayable: boolean): boolean {
    return this.#decide(attempt, 'unhealthy', replayable, this.#context.clock.monotonicMs()) === 'next';
  }

  /** Ends an attempt for which `mayLeave` has returned true. */
  leave(attempt: Attempt): void {
    attempt.failure = 'unhealthy';
    this.endAttempt(attempt);
    attempt.upstream.counters.retries += 1;
  }

  /** The error for the client when no attempt brought a response. */
  toError(): AppError {
    const failures = this.attempts.flatMap(({ failure }) => failure ?? []);
    const isUncertain = failures.some((failure) => mayHaveEffect(this.request.method, failure));
    const detail = isUncertain ? { detail: uncertain } : {};
    if (failures.some((failure) => failure === 'broke' || failure === 'invalid-head'))
      return new AppError(forwardingErrors.PROXY_UPSTREAM_FAILED, detail);
    if (failures.some((failure) => timeouts.has(failure)))
      return new AppError(forwardingErrors.PROXY_UPSTREAM_TIMEOUT, detail);
    return new AppError(forwardingErrors.PROXY_NO_UPSTREAM, { headers: { 'Retry-After': '1' } });
  }

  /** Ends the exchange and its attempts. Only the first call has an effect. */
  finish(status: number): void {
    if (this.#finished) return;
    this.#finished = true;
    const nowMs = this.#context.clock.monotonicMs();
    for (const attempt of this.attempts) this.#end(attempt, nowMs);
    this.status = status;
    this.durationMs = nowMs - this.beganMs;
    this.#context.observer.finished(this);
  }

  /** The upstreams that were tried. A second attempt at the same one on a new connection is the same try. */
  #findTried(): readonly Upstream[] {
    if (this.attempts.length === 0) return noUpstreams;
    return this.attempts.filter(({ fresh }) => !fresh).map(({ upstream }) => upstream);
  }

  #start(upstream: Upstream, fresh: boolean, selection?: Selection): Attempt {
    // The first attempt starts with its request, which saves reading the clock.
    const beganMs = this.attempts.length === 0 ? this.beganMs : this.#context.clock.monotonicMs();
    const attempt = createAttempt(upstream, fresh, beganMs, this, selection);
    this.attempts.push(attempt);
    upstream.startAttempt();
    this.#context.observer.attemptBegan(this, attempt);
    return attempt;
  }

  #decide(attempt: Attempt, failure: AttemptFailure, replayable: boolean, nowMs: number): RetryDecision {
    const tried = this.#findTried();
    const facts = {
      failure,
      method: this.request.method,
      replayable,
      reused: attempt.reused,
      tries: tried.length,
      othersLeft: this.route?.pool.hasAvailable(tried) ?? false,
      elapsedMs: nowMs - this.beganMs,
    };
    return decideRetry(facts, () => this.#context.budget.spend());
  }

  #end(attempt: Attempt, nowMs: number): void {
    if (attempt.ended) return;
    attempt.ended = true;
    attempt.durationMs = nowMs - attempt.beganMs;
    attempt.upstream.endAttempt();
    this.#context.observer.attemptEnded(this, attempt);
  }
}
