import { describe, expect, it } from '@jest/globals';
import { parseCpuTicks } from '../../src/machine/cpu-time.ts';

const stat = (name: string): string =>
  `4211 (${name}) S 4200 4211 4211 0 -1 4194560 1520 33 0 0 120 34 7 8 20 0 7 0 901 1073741824 9000`;

describe('parseCpuTicks', () => {
  it.each(['nginx', 'a (b) c', ') S 1 2'])(
    'adds user and kernel time of a process with the name %j',
    (name) => {
      expect(parseCpuTicks(stat(name))).toBe(154);
    },
  );

  it.each(['', 'nonsense', '1 (x) S'])('refuses %j, which is not a line of /proc/PID/stat', (text) => {
    expect(() => parseCpuTicks(text)).toThrow('not a line of /proc/PID/stat');
  });
});
