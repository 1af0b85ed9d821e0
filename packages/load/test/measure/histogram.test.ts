import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Histogram } from '../../src/measure/histogram.ts';

describe('Histogram', () => {
  it('gives each quantile within 0.8 % of the exact value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2_000_000_000 }), { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, share) => {
          const histogram = new Histogram();
          for (const us of values) histogram.record(us / 1000);
          const sorted = values.toSorted((a, b) => a - b);
          const exact = (sorted[Math.max(1, Math.ceil(values.length * share)) - 1] ?? 0) / 1000;
          const found = histogram.quantile(share);
          expect(found).toBeGreaterThanOrEqual(exact);
          expect(found).toBeLessThanOrEqual(exact * 1.008 + 0.001);
        },
      ),
    );
  });

  it('sums histograms, and subtracts an earlier copy', () => {
    const first = new Histogram();
    first.record(1);
    const both = new Histogram();
    both.add(first);
    both.record(5);
    expect([both.count, both.quantile(0.5), both.since(first).count]).toEqual([2, first.quantile(1), 1]);
  });

  it('reads in another object what was recorded in the same memory', () => {
    const recorded = new Histogram();
    const read = new Histogram(recorded.memory);
    recorded.record(3);
    expect(read.count).toBe(1);
  });
});
