import type { Clock } from '@tripod/shared/async/clock';
import { AppError } from '@tripod/shared/errors/app-error';
import type { RequestFacts } from '../balancing/selection-policy.ts';
import type { Upstream } from '../balancing/upstream.ts';
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

/** One try of one exchange at one upstream. */
export type Attempt = {
  readonly upstream: Upstream;
  readonly beganMs: number;
  /** Whether it must not go out on a connection that has served before. */
  readonly fresh: boolean;
  reused: boolean;
  /** Status of the response head, 0 before there is one. */
  status: number;
  failure: AttemptFailure | undefined;
  /** The response broke off after its head. */
  brokeOff: boolean;
  durationMs: number;
  /** Bytes on the wire, heads and framing included, counted by the engine before it ends the attempt. */
  bytesSent: number;
  bytesReceived: number;
  ended: boolean;
};

/** What every exchange of a proxy has in common. */
export type ExchangeContext = {
  readonly clock: Clock;
  readonly observer: ExchangeObserver;
  readonly budget: RetryBudget;
};

/** What is known of a request when its head has been read. */
export type ExchangeRequest = RequestFacts & {
  readonly protocol: string;
  readonly requestId: string;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
};

const none: readonly Upstream[] = [];

const uncertain = 'The request may have been carried out: look whether it was before sending it again.';

/** Nginx's number for a client that left before its answer; only ever in logs and metrics. */
export const clientLeft = 499;

/** One request and its answer: which upstreams were tried, what came of it. Knows nothing of sockets and streams. */
export class Exchange {
  readonly request: ExchangeRequest;
  readonly beganMs: number;
  readonly attempts: Attempt[] = [];
  route: Route | undefined;
  status = 0;
  /** Bytes of the response body that were sent. */
  bytes = 0;
  durationMs = 0;
  /** Of the error of ours that was the answer. */
  code: string | undefined;
  readonly #context: ExchangeContext;
  #finished = false;

  constructor(context: ExchangeContext, request: ExchangeRequest) {
    this.#context = context;
    this.request = request;
    this.beganMs = context.clock.monotonicMs();
    context.budget.earn(this.beganMs);
    context.observer.received(this);
  }

  /** Begins an attempt at an upstream that was not tried yet; undefined when none is available. */
  begin(route: Route): Attempt | undefined {
    this.route = route;
    const upstream = route.pool.select(this.request, this.#tried());
    return upstream ? this.#begin(upstream, false) : undefined;
  }

  /** Begins an attempt at the same upstream again, on a fresh connection. */
  beginAgain({ upstream }: Attempt): Attempt {
    return this.#begin(upstream, true);
  }

  /** The upstream sent a valid response head. */
  answered(attempt: Attempt, status: number): void {
    attempt.status = status;
  }

  /** The attempt ended with its response, or because the client left. */
  end(attempt: Attempt): void {
    this.#end(attempt, this.#context.clock.monotonicMs());
  }

  /** The attempt ended before a response head came: whether, and where, it is made again. */
  fail(attempt: Attempt, failure: AttemptFailure, replayable: boolean): RetryDecision {
    const { clock, budget } = this.#context;
    const nowMs = clock.monotonicMs();
    attempt.failure = failure;
    this.#end(attempt, nowMs);
    const { method } = this.request;
    const { reused } = attempt;
    const tried = this.#tried();
    const tries = tried.length;
    const othersLeft = this.route?.pool.hasAvailable(tried) ?? false;
    const elapsedMs = nowMs - this.beganMs;
    const facts = { failure, method, replayable, reused, tries, othersLeft, elapsedMs };
    const decision = decideRetry(facts, () => budget.spend());
    if (decision !== 'stop') attempt.upstream.counters.retries += 1;
    return decision;
  }

  /** What the client is told when no attempt brought an answer. */
  error(): AppError {
    const failures = this.attempts.flatMap(({ failure }) => failure ?? []);
    const isUncertain = failures.some((failure) => mayHaveEffect(this.request.method, failure));
    const detail = isUncertain ? { detail: uncertain } : {};
    if (failures.some((failure) => failure === 'broke' || failure === 'invalid-head')) {
      return new AppError(forwardingErrors.PROXY_UPSTREAM_FAILED, detail);
    }
    if (failures.some((failure) => failure === 'response-timeout' || failure === 'connect-timeout')) {
      return new AppError(forwardingErrors.PROXY_UPSTREAM_TIMEOUT, detail);
    }
    return new AppError(forwardingErrors.PROXY_NO_UPSTREAM, { headers: { 'Retry-After': '1' } });
  }

  /** Ends the exchange, once; later calls do nothing. */
  finish(status: number): void {
    if (this.#finished) return;
    this.#finished = true;
    const nowMs = this.#context.clock.monotonicMs();
    for (const attempt of this.attempts) this.#end(attempt, nowMs);
    this.status = status;
    this.durationMs = nowMs - this.beganMs;
    this.#context.observer.finished(this);
  }

  /** The upstreams that were tried; a second go at the same one is no other try. */
  #tried(): readonly Upstream[] {
    if (this.attempts.length === 0) return none;
    return this.attempts.filter(({ fresh }) => !fresh).map(({ upstream }) => upstream);
  }

  #begin(upstream: Upstream, fresh: boolean): Attempt {
    const attempt: Attempt = {
      upstream,
      // The first attempt begins with its request.
      beganMs: this.attempts.length === 0 ? this.beganMs : this.#context.clock.monotonicMs(),
      fresh,
      reused: false,
      status: 0,
      failure: undefined,
      brokeOff: false,
      durationMs: 0,
      bytesSent: 0,
      bytesReceived: 0,
      ended: false,
    };
    this.attempts.push(attempt);
    upstream.startAttempt();
    this.#context.observer.attemptBegan(this, attempt);
    return attempt;
  }

  #end(attempt: Attempt, nowMs: number): void {
    if (attempt.ended) return;
    attempt.ended = true;
    attempt.durationMs = nowMs - attempt.beganMs;
    attempt.upstream.endAttempt();
    this.#context.observer.attemptEnded(this, attempt);
  }
}
