import type { Logger } from '@tripod/shared/logging/logger';
import type { Metrics, Sample } from '@tripod/shared/metrics/metrics';
import type { ConnectionCounters } from '../forwarding/engine.ts';
import type { RetryBudget } from '../forwarding/retry.ts';

export type ProxyMetricsOptions = {
  readonly connections: ConnectionCounters;
  readonly budget: Pick<RetryBudget, 'counters'>;
  readonly logger: Pick<Logger, 'dropped'>;
  readonly config: { readonly counters: { readonly reloaded: number; readonly refused: number } };
};

/** Registers the metrics of the proxy as a whole. */
export const registerProxyMetrics = (metrics: Metrics, options: ProxyMetricsOptions): void => {
  const { connections, budget, logger, config } = options;
  const one = (read: () => number) => (): readonly Sample[] => [{ value: read() }];
  const { counter, gauge } = metrics;
  gauge(
    'tripod_connections_open',
    'Client connections that are open.',
    one(() => connections.open),
  );
  counter(
    'tripod_connections_refused_total',
    'Client connections over the limit, answered 503.',
    one(() => connections.refused),
  );
  counter('tripod_retry_budget_total', 'Retries that the budget allowed or refused.', () => [
    { labels: { outcome: 'spent' }, value: budget.counters.spent },
    { labels: { outcome: 'refused' }, value: budget.counters.refused },
  ]);
  counter('tripod_config_reloads_total', 'Reloads of the configuration.', () => [
    { labels: { outcome: 'ok' }, value: config.counters.reloaded },
    { labels: { outcome: 'failed' }, value: config.counters.refused },
  ]);
  counter(
    'tripod_log_lines_dropped_total',
    'Log lines dropped because their reader was too slow.',
    one(() => logger.dropped()),
  );
};
