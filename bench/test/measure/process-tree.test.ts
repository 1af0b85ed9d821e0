import { describe, expect, it } from '@jest/globals';
import { parseProcessTimes, treeOf } from '../../src/measure/process-tree.ts';

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

describe('treeOf', () => {
  const processes = [
    { pid: 1, parentPid: 0, ticks: 1000 },
    { pid: 10, parentPid: 1, ticks: 1 },
    { pid: 11, parentPid: 10, ticks: 20 },
    { pid: 12, parentPid: 10, ticks: 300 },
    { pid: 13, parentPid: 12, ticks: 4000 },
    { pid: 20, parentPid: 1, ticks: 50_000 },
  ];

  it.each([
    [[10], [10, 11, 12, 13]],
    [
      [12, 20],
      [12, 13, 20],
    ],
    // One that is below another counts once.
    [
      [10, 12],
      [10, 11, 12, 13],
    ],
    [[99], []],
  ])('of %j is %j', (roots, pids) => {
    expect(
      treeOf(processes, roots)
        .map(({ pid }) => pid)
        .sort((a, b) => a - b),
    ).toEqual(pids);
  });
});
