import { describe, expect, it } from '@jest/globals';
import {
  countsByBound,
  fromSparseCounts,
  LatencyHistogram,
  latencyBoundsSeconds,
  mergeCounts,
  quantileMs,
  subtractCounts,
  toSparseCounts,
} from '@tripod/shared/metrics/latency-histogram';
import fc from 'fast-check';

const recorded = (durationsMs: readonly number[]): LatencyHistogram => {
  const histogram = new LatencyHistogram();
  for (const duration of durationsMs) histogram.record(duration);
  return histogram;
};

const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);

const durations = fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

describe('LatencyHistogram', () => {
  it('returns every quantile within 4 %, whatever was recorded', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(all.length * share) - 1)] ?? 0;
        const estimate = quantileMs(recorded(all).total(), share) ?? Number.NaN;
        expect(Math.abs(estimate - exact)).toBeLessThanOrEqual(exact * 0.04 + 0.001);
      }),
    );
  });

  it.each([0, 0.0159, 0.016, 1, 12.5, 2_000_000, 10_000_000, Number.POSITIVE_INFINITY])(
    'counts a duration of %d ms once',
    (duration) => {
      expect(sum(recorded([duration]).total())).toBe(1);
    },
  );

  it('returns no quantile when nothing was recorded', () => {
    expect(quantileMs(new LatencyHistogram().total(), 0.5)).toBeUndefined();
  });

  it('drops durations from the recent counts after ten turns, and never from the total', () => {
    const histogram = recorded([1, 1]);
    for (let turn = 0; turn < 9; turn += 1) histogram.turn();
    expect(sum(histogram.recent())).toBe(2);
    histogram.record(100);
    histogram.turn();
    expect(sum(histogram.recent())).toBe(1);
    expect(quantileMs(histogram.recent(), 0.5)).toBeCloseTo(100, -1);
    for (let turn = 0; turn < 10; turn += 1) histogram.turn();
    expect(sum(histogram.recent())).toBe(0);
    expect(sum(histogram.total())).toBe(3);
    expect(histogram.sumMs).toBe(102);
  });

  it('merges the counts of several histograms', () => {
    const merged = mergeCounts([recorded([1, 2]).total(), recorded([1000]).total()]);
    expect(sum(merged)).toBe(3);
    expect(quantileMs(merged, 1)).toBeCloseTo(1000, -2);
  });

  it('sends its counts without empty buckets, and restores them', () => {
    const counts = recorded([1, 2, 2, 1000]).total();
    const sparse = toSparseCounts(counts);
    expect(sparse.map(([, count]) => count)).toEqual([1, 2, 1]);
    expect(fromSparseCounts(sparse)).toEqual(counts);
  });

  it('subtracts earlier counts, and never counts below zero', () => {
    const [earlier, later] = [recorded([1, 500]).total(), recorded([1, 1, 2]).total()];
    expect(toSparseCounts(subtractCounts(later, earlier)).map(([, count]) => count)).toEqual([1, 1]);
  });

  it('counts exactly at the bounds for Prometheus', () => {
    fc.assert(
      fc.property(durations, (all) => {
        const counts = countsByBound(recorded(all).total());
        expect(counts).toHaveLength(latencyBoundsSeconds.length + 1);
        let cumulative = 0;
        for (const [index, bound] of latencyBoundsSeconds.entries()) {
          cumulative += counts[index] ?? 0;
          // Durations count by their whole microseconds, and a bound lies between two of them.
          expect(cumulative).toBe(all.filter((ms) => Math.floor(ms * 1000) < Math.round(bound * 1e6)).length);
        }
        expect(sum(counts)).toBe(all.length);
      }),
    );
  });
});
