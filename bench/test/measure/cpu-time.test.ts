import { describe, expect, it } from '@jest/globals';
import { parseProcessTimes, readCpuMicros, sumTree } from '../../src/measure/cpu-time.ts';

const stat = (name: string): string =>
  `4211 (${name}) S 4200 4211 4211 0 -1 4194560 1520 33 0 0 120 34 7 8 20 0 7 0 901 1073741824 9000`;

describe('parseProcessTimes', () => {
  it.each(['nginx', 'a (b) c', ') S 1 2'])('reads the line of a process called %j', (name) => {
    expect(parseProcessTimes(stat(name))).toEqual({ pid: 4211, parentPid: 4200, ticks: 154 });
  });

  it.each(['', 'nonsense', '1 (x) S'])('refuses %j', (text) => {
    expect(() => parseProcessTimes(text)).toThrow('not a line of /proc/PID/stat');
  });
});

describe('sumTree', () => {
  it('adds a process and everything below it, and nothing else', () => {
    const processes = [
      { pid: 1, parentPid: 0, ticks: 1000 },
      { pid: 10, parentPid: 1, ticks: 1 },
      { pid: 11, parentPid: 10, ticks: 20 },
      { pid: 12, parentPid: 10, ticks: 300 },
      { pid: 13, parentPid: 12, ticks: 4000 },
      { pid: 20, parentPid: 1, ticks: 50_000 },
    ];
    expect(sumTree(processes, 10)).toBe(4321);
  });
});

describe('readCpuMicros', () => {
  it('grows when the process works', () => {
    const before = readCpuMicros(process.pid) ?? 0;
    const until = process.cpuUsage().user + 100_000;
    while (process.cpuUsage().user < until) Math.sqrt(2);
    expect((readCpuMicros(process.pid) ?? 0) - before).toBeGreaterThanOrEqual(50_000);
  });

  it('is nothing for a process that is not there', () => {
    expect(readCpuMicros(2 ** 30)).toBe(0);
  });
});
