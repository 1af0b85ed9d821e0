import type { RequestMetrics } from '@tripod/shared/metrics/request-metrics';
import type { PassiveChecker } from '../health/passive-checker.ts';
import { isConnectFailure } from './connect-failure.ts';
import { clientLeft, type Exchange } from './exchange.ts';
import type { ExchangeObserver } from './exchange-observer.ts';
import type { TraceStore } from './trace-store.ts';

export type ObserveExchangesOptions = {
  readonly log: (exchange: Exchange) => void;
  readonly metrics: RequestMetrics;
  readonly passive: PassiveChecker;
  readonly traces: TraceStore;
};

/** Creates the observer that feeds the access log, the metrics, the passive checks and the traces. */
export const createExchangeObserver = ({
  log,
  metrics,
  passive,
  traces,
}: ObserveExchangesOptions): ExchangeObserver => ({
  received: () => metrics.began(),
  attemptBegan: () => undefined,
  attemptEnded({ route }, attempt) {
    const { upstream, failure, status, reused } = attempt;
    const { counters } = upstream;
    counters.bytesSent += attempt.bytesSent;
    counters.bytesReceived += attempt.bytesReceived;
    if (reused) counters.reuses += 1;
    else if (failure === undefined || !isConnectFailure(failure)) counters.connects += 1;
    if (status > 0) {
      const group = Math.floor(status / 100);
      counters.answersByClass[group] = (counters.answersByClass[group] ?? 0) + 1;
      // The duration of a response that broke off, or became a tunnel (101), is no latency.
      if (status > 101 && !attempt.brokeOff) {
        upstream.latency.record(attempt.durationMs);
        // An upstream that fails fast must not look fast.
        if (status < 500)
          upstream.responseTime.record(attempt.durationMs, attempt.beganMs + attempt.durationMs);
      }
      if (route?.failStatuses?.has(status)) passive.failedByStatus(upstream, route.pool, status);
      else passive.passed(upstream);
    }
    if (failure === undefined || !route) return;
    counters.failures += 1;
    if (failure === 'response-timeout')
      upstream.responseTime.record(attempt.durationMs, attempt.beganMs + attempt.durationMs);
    // Local resource exhaustion says nothing about the upstream, and an unhealthy one gets no requests anyway.
    if (failure === 'shortage' || failure === 'unhealthy') return;
    // A kept connection that the upstream closed meanwhile says nothing about its state.
    if (reused && failure !== 'response-timeout') return;
    passive.failed(upstream, route.pool, failure);
  },
  finished(exchange) {
    metrics.ended(exchange.request.method, exchange.status || clientLeft, exchange.durationMs);
    log(exchange);
    traces.offer(exchange);
  },
});
