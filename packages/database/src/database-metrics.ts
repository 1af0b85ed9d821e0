import type { Metrics } from '@tripod/shared/metrics/metrics';
import type { Database } from './database.ts';

/** Registers metrics of a database: whether it can be used, and how busy its pool is. */
export const registerDatabaseMetrics = (metrics: Metrics, database: Database): void => {
  metrics.gauge('database_available', 'Whether the database can be used: 1 or 0.', () => [
    { value: database.reason() === undefined ? 1 : 0 },
  ]);
  metrics.gauge('database_pool_connections', 'Open connections by state.', () => {
    const { total, idle } = database.stats();
    return [
      { labels: { state: 'idle' }, value: idle },
      { labels: { state: 'used' }, value: total - idle },
    ];
  });
  metrics.gauge('database_pool_waiting', 'Requests that wait for a free connection.', () => [
    { value: database.stats().waiting },
  ]);
};
