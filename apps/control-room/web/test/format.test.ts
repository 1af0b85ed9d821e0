import { describe, expect, it } from '@jest/globals';
import {
  findRunTimeMs,
  formatBytes,
  formatCount,
  formatElapsed,
  formatMs,
  formatPercent,
  formatRate,
  formatRunTime,
} from '../src/format.ts';

describe('control room page: figures as text', () => {
  it.each([formatBytes, formatCount, formatElapsed, formatMs, formatPercent, formatRate])(
    '%p shows a dash for a value that is not known, and never 0',
    (format) => {
      for (const value of [undefined, null, Number.NaN]) expect(format(value)).toBe('–');
      expect(format(0)).toMatch(/^0/);
    },
  );

  it('shows counts, rates, times and sizes with their units', () => {
    expect(formatCount(4212)).toBe('4,212');
    expect([0, 0.4, 412.3].map(formatRate)).toEqual(['0', '0.4', '412']);
    expect([0.84, 21.4, 1130].map(formatMs)).toEqual(['0.8 ms', '21 ms', '1.1 s']);
    expect([0.004, 0.334, 2].map(formatPercent)).toEqual(['0.4 %', '33 %', '200 %']);
    expect([900, 2316, 92e6, 3.2e9].map(formatBytes)).toEqual(['900 B', '2.3 kB', '92 MB', '3.2 GB']);
    expect([42_000, 3_725_000].map(formatElapsed)).toEqual(['0:42', '1:02:05']);
  });

  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['3m', 180_000],
    ['1h30m', 5_400_000],
    ['', undefined],
    ['0', undefined],
    ['soon', undefined],
    ['-3m', undefined],
  ])('reads the run time %p as %p ms', (text, ms) => {
    expect(findRunTimeMs(text)).toBe(ms);
    if (ms !== undefined) expect(findRunTimeMs(formatRunTime(ms))).toBe(ms);
  });
});
