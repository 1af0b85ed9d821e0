import { describe, expect, it } from '@jest/globals';
import { nodeDisk } from '../../src/files/disk.ts';
import { settleDelayMs, settleMs } from '../../src/files/read-file.ts';

describe('settleDelayMs', () => {
  it.each([
    ['long ago', -1000, 0, 0],
    ['exactly the settle time ago', -settleMs, 0, 0],
    ['a moment ago', -20, 0, settleMs - 20],
    ['while its stats were requested', 5, 10, settleMs],
    ['while its stats were requested, which took longer than the settle time', 5, 10 * settleMs, settleMs],
    [
      'just before its stats were requested, which took longer than the settle time',
      -20,
      10 * settleMs,
      settleMs - 20,
    ],
    ['at a time ahead of our clock', 60_000, 10, 0],
  ])(
    'returns how long to wait until the file has settled: it changed %s',
    async (_when, changedMs, nowMs, expected) => {
      const stats = { ...(await nodeDisk.stat('/')), ctimeNs: BigInt(1_000_000 + changedMs) * 1_000_000n };
      expect(settleDelayMs(stats, 1_000_000, 1_000_000 + nowMs)).toBe(expected);
    },
  );
});
