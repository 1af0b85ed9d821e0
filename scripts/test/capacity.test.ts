import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Load, measuredMicroseconds, planCapacity } from '../capacity/plan-capacity.ts';

const load = (more: Partial<Load>): Load => ({
  readsPerSecond: 0,
  writesPerSecond: 0,
  utilization: 0.5,
  poolSize: 10,
  databaseConnections: 97,
  ...more,
});
const cost = { read: 100, write: 200, proxied: 50 };

describe('the model of capacity', () => {
  it('keeps one copy and one proxy more than the load needs', () => {
    expect(planCapacity(load({}), cost)).toMatchObject({ copies: 2, proxies: 2, cores: 4 });
  });

  it('adds the processor time of reads and writes, at the given utilization', () => {
    // 1 s + 0.5 s of processor time each second, half used: 3 cores; 0.625 s for the proxy: 2 cores.
    expect(planCapacity(load({ readsPerSecond: 10_000, writesPerSecond: 2500 }), cost)).toEqual({
      copies: 4,
      proxies: 3,
      cores: 7,
      connections: 40,
      needsPooler: false,
    });
  });

  it('asks for a pooler when copies × pool exceeds the connections of Postgres', () => {
    const plan = planCapacity(load({ readsPerSecond: 45_000 }), cost);
    expect(plan).toMatchObject({ copies: 10, connections: 100, needsPooler: true });
  });

  it('has the figures of docs/reference/performance.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/reference/performance.md'), 'utf8');
    for (const figure of Object.values(measuredMicroseconds)) expect(page).toContain(`| ${figure} (`);
  });
});
