import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createReadiness } from '../../src/http/readiness.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { createOperationalPaths } from '../../src/profiling/operational-paths.ts';

const pathsOf = (metrics: boolean, profile: boolean): readonly string[] => [
  ...createOperationalPaths({
    readiness: createReadiness(),
    metrics: metrics ? createMetrics() : undefined,
    profile,
    clock: createFakeClock(),
  }).keys(),
];

describe('createOperationalPaths', () => {
  it('has health, metrics and profiles', () => {
    expect(pathsOf(true, true)).toEqual([
      '/livez',
      '/readyz',
      '/healthz',
      '/metrics',
      '/debug/pprof/profile',
      '/debug/pprof/heap',
    ]);
  });

  it('has neither metrics nor profiles when both are switched off', () => {
    expect(pathsOf(false, false)).toEqual(['/livez', '/readyz', '/healthz']);
  });
});
