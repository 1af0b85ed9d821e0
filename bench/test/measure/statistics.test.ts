import { describe, expect, it } from '@jest/globals';
import { summarise } from '../../src/measure/statistics.ts';

describe('summarise', () => {
  it.each([
    [[5], { median: 5, lowest: 5, highest: 5 }],
    [[3, 1, 2], { median: 2, lowest: 1, highest: 3 }],
    [[4, 1, 3, 2], { median: 2.5, lowest: 1, highest: 4 }],
    // Sorted as numbers, not as text.
    [[10, 9, 100], { median: 10, lowest: 9, highest: 100 }],
    [[0, 0, 7, 0, 0], { median: 0, lowest: 0, highest: 7 }],
  ])('of %j is %j', (values, summary) => {
    expect(summarise(values)).toEqual(summary);
  });

  it('does not change the values', () => {
    const values = [3, 1, 2];
    summarise(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it.each([[[]], [[1, Number.NaN]], [[1, Number.POSITIVE_INFINITY]]])('refuses %j', (values) => {
    expect(() => summarise(values)).toThrow("can't compute a median of");
  });
});
