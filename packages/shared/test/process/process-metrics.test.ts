import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '@tripod/shared/metrics/metrics';
import { registerProcessMetrics } from '@tripod/shared/process/process-metrics';
import { parseMetrics } from '../support/parse-metrics.ts';

describe('registerProcessMetrics', () => {
  it('reports processor time, memory, open files and the start time', async () => {
    const metrics = createMetrics();
    registerProcessMetrics(metrics);
    const { samples } = parseMetrics(await metrics.render());
    const values = Object.fromEntries(samples.map(({ name, value }) => [name, value]));
    expect(Object.keys(values).sort()).toEqual([
      'nodejs_heap_size_used_bytes',
      'process_cpu_seconds_total',
      'process_open_fds',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
    ]);
    for (const value of Object.values(values)) expect(value).toBeGreaterThan(0);
    expect(values['process_start_time_seconds']).toBeLessThanOrEqual(Date.now() / 1000);
  });
});
