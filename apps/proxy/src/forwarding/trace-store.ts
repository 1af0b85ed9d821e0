import type { Clock } from '@tripod/shared/async/clock';
import type { Attempt, Exchange } from './exchange.ts';

/** Why a trace was kept. */
export type TraceReason = 'asked' | 'failed' | 'retried' | 'slow';

const maxTraces = 10_000;
const maxUrlLength = 500;

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

const tryOf = (attempt: Attempt, beganMs: number) => ({
  upstream: attempt.upstream.id,
  startedAtMs: rounded(attempt.beganMs - beganMs),
  /** From the start of the try to the head of the response; null without a head. */
  headAfterMs: attempt.headMs === 0 ? null : rounded(attempt.headMs - attempt.beganMs),
  durationMs: rounded(attempt.durationMs),
  connection: attempt.reused ? 'reused' : 'new',
  status: attempt.status || null,
  failure: attempt.failure ?? (attempt.brokeOff ? 'broke off' : null),
  skipped: attempt.skipped,
  ...(attempt.selection === undefined ? {} : { selection: attempt.selection }),
});

const createTrace = (exchange: Exchange, reasons: readonly TraceReason[], endedAtMs: number) => {
  const { request, route, attempts, durationMs, beganMs } = exchange;
  return {
    requestId: request.requestId,
    kept: reasons,
    startedAt: new Date(endedAtMs - durationMs).toISOString(),
    method: request.method,
    url: request.target.slice(0, maxUrlLength),
    host: request.host ?? null,
    client: request.clientAddress,
    status: exchange.status,
    code: exchange.code ?? null,
    durationMs: rounded(durationMs),
    bytes: exchange.bytes,
    route: route
      ? { host: route.host ?? null, prefix: route.prefix, exact: route.exact ?? false, pool: route.pool.name }
      : null,
    policy: route?.pool.policyChoice.name ?? null,
    tries: attempts.map((attempt) => tryOf(attempt, beganMs)),
    /** The upstreams that got no requests at the last selection. */
    skipped: exchange.skipped,
  };
};

/** What happened to one request, as the admin side shows it. */
export type Trace = ReturnType<typeof createTrace>;

/**
 * Keeps traces of the last 10,000 requests that were slow, failed or retried, or whose client asked for a trace. A
 * request that is none of these costs a comparison.
 */
export class TraceStore {
  readonly #clock: Clock;
  readonly #config: { readonly traceSlowMs: number };
  /** In the order in which the requests ended. */
  readonly #traces = new Map<string, Trace>();

  constructor(config: { readonly traceSlowMs: number }, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  /** Keeps a trace of a finished exchange if there is a reason to. */
  offer(exchange: Exchange): void {
    const { status, attempts, durationMs, request } = exchange;
    const last = attempts[attempts.length - 1];
    const isFailed = status >= 500 || last?.brokeOff === true;
    const isSlow = durationMs >= this.#config.traceSlowMs;
    if (!isFailed && !isSlow && attempts.length < 2 && !request.isTraced) return;
    const reasons: TraceReason[] = [];
    if (request.isTraced) reasons.push('asked');
    if (isFailed) reasons.push('failed');
    if (attempts.length > 1) reasons.push('retried');
    if (isSlow) reasons.push('slow');
    // A client may repeat its request id: the last request counts.
    this.#traces.delete(request.requestId);
    const [oldest] = this.#traces.keys();
    if (this.#traces.size >= maxTraces && oldest !== undefined) this.#traces.delete(oldest);
    this.#traces.set(request.requestId, createTrace(exchange, reasons, this.#clock.wallMs()));
  }

  find(requestId: string): Trace | undefined {
    return this.#traces.get(requestId);
  }

  /** The last traces, the newest first. */
  list(limit: number): readonly Trace[] {
    return [...this.#traces.values()].slice(-limit).reverse();
  }
}
