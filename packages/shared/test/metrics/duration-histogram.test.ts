import { describe, expect, it } from '@jest/globals';
import { DurationHistogram } from '@tripod/shared/metrics/duration-histogram';

describe('DurationHistogram', () => {
  it.each([
    [0, 0],
    [0.5, 0],
    [0.500001, 1],
    [1, 1],
    [10_000, 13],
    [10_001, 14],
  ])('puts %d ms into bucket %d: a bound belongs to its own bucket', (durationMs, bucket) => {
    const histogram = new DurationHistogram();
    histogram.observe(durationMs);
    const { counts, bounds, sum } = histogram.sample();
    expect(bounds).toHaveLength(14);
    expect(counts).toHaveLength(15);
    expect(counts.indexOf(1)).toBe(bucket);
    expect(sum).toBeCloseTo(durationMs / 1000);
  });

  it('returns each sample as a copy', () => {
    const histogram = new DurationHistogram();
    const before = histogram.sample();
    histogram.observe(1);
    expect(before.counts.every((count) => count === 0)).toBe(true);
  });
});
