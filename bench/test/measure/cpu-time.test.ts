import { describe, expect, it } from '@jest/globals';
import { readCpuMicros } from '../../src/measure/cpu-time.ts';

describe('readCpuMicros', () => {
  it('grows when the process works', () => {
    const before = readCpuMicros([process.pid]) ?? 0;
    const until = process.cpuUsage().user + 100_000;
    while (process.cpuUsage().user < until) Math.sqrt(2);
    expect((readCpuMicros([process.pid]) ?? 0) - before).toBeGreaterThanOrEqual(50_000);
  });

  it('is nothing for a process that is not there', () => {
    expect(readCpuMicros([2 ** 30])).toBe(0);
  });
});
