import { describe, expect, it } from '@jest/globals';
import { nodeDisk } from '../src/disk.ts';
import { settleMs, unsettledMs } from '../src/read-file.ts';

describe('unsettledMs', () => {
  it.each([
    ['long ago', -1000, 0, 0],
    ['just long enough ago', -settleMs, 0, 0],
    ['a moment ago', -20, 0, settleMs - 20],
    ['while it was asked for', 5, 10, settleMs],
    ['while it was asked for, for longer than it takes to settle', 5, 10 * settleMs, settleMs],
    ['a moment before that', -20, 10 * settleMs, settleMs - 20],
    ['by a clock that is ahead', 60_000, 10, 0],
  ])('of a file that was changed %s', async (_when, changedMs, nowMs, expected) => {
    const stats = { ...(await nodeDisk.stat('/')), ctimeNs: BigInt(1_000_000 + changedMs) * 1_000_000n };
    expect(unsettledMs(stats, 1_000_000, 1_000_000 + nowMs)).toBe(expected);
  });
});
