import type { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import type { PassiveChecker } from '../health/passive-checker.ts';
import { clientLeft, type Exchange } from './exchange.ts';
import type { ExchangeObserver } from './exchange-observer.ts';

export type ObserveExchangesOptions = {
  readonly log: (exchange: Exchange) => void;
  readonly metrics: RequestMetrics;
  readonly passive: PassiveChecker;
};

/** Joins the three that learn from exchanges: the access log, the metrics and the passive checks. */
export const createExchangeObserver = ({
  log,
  metrics,
  passive,
}: ObserveExchangesOptions): ExchangeObserver => ({
  received: () => metrics.began(),
  attemptBegan: () => undefined,
  attemptEnded({ route }, { upstream, failure, status, reused }) {
    const { counters } = upstream;
    if (status > 0) {
      const group = Math.floor(status / 100);
      counters.answersByClass[group] = (counters.answersByClass[group] ?? 0) + 1;
      passive.passed(upstream);
    }
    if (failure === undefined || !route) return;
    counters.failures += 1;
    // A kept connection that the upstream had closed meanwhile says nothing of how it is now.
    if (reused && failure !== 'response-timeout') return;
    passive.failed(upstream, route.pool, failure);
  },
  finished(exchange) {
    metrics.ended(exchange.request.method, exchange.status || clientLeft, exchange.durationMs);
    log(exchange);
  },
});
