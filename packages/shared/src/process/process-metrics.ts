import { readdirSync } from 'node:fs';
import type { Metrics } from '../metrics/metrics.ts';

const openFiles = (): number => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
};

/** Registers the metrics of the process itself, under the names that Prometheus dashboards expect. */
export const registerProcessMetrics = (metrics: Metrics): void => {
  metrics.counter('process_cpu_seconds_total', 'Processor time used, user and system.', () => {
    const { user, system } = process.cpuUsage();
    return [{ value: (user + system) / 1e6 }];
  });
  metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => [
    { value: process.memoryUsage.rss() },
  ]);
  metrics.gauge('nodejs_heap_size_used_bytes', 'Heap in use.', () => [
    { value: process.memoryUsage().heapUsed },
  ]);
  metrics.gauge('process_open_fds', 'Open file descriptors (Linux).', () => [{ value: openFiles() }]);
  const started = Date.now() / 1000 - process.uptime();
  metrics.gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', () => [
    { value: started },
  ]);
};
