import { describe, expect, it } from '@jest/globals';
import { formatNumber } from '../../src/text/format-number.ts';

describe('formatNumber', () => {
  it.each([
    [48_230.7, '48,231'],
    [332.4, '332'],
    [9.8123, '9.81'],
    [0.21345, '0.213'],
    [0, '0'],
  ])('shows %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});
