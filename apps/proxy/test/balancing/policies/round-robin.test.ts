import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Upstream } from '../../../src/balancing/upstream.ts';
import { aRequest, makePolicy, makeUpstream } from '../../support/make-pool.ts';

const turns = (upstreams: readonly Upstream[], count: number): readonly (number | undefined)[] => {
  const choose = makePolicy('round-robin');
  return Array.from({ length: count }, () => choose(upstreams, aRequest)?.port);
};

const tally = (ports: readonly (number | undefined)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const port of ports) counts[String(port)] = (counts[String(port)] ?? 0) + 1;
  return counts;
};

const ofWeights = (weights: readonly number[]): readonly Upstream[] =>
  weights.map((weight, index) => makeUpstream(index + 1, { weight }));

describe('selection policy round-robin', () => {
  it('gives 300 requests to 3 upstreams as 100 each, one after the other', () => {
    const ports = turns(ofWeights([1, 1, 1]), 300);
    expect(tally(ports)).toEqual({ 1: 100, 2: 100, 3: 100 });
    expect(ports.slice(0, 6)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('interleaves weights: 5, 1, 1 gives a b a c a a a in some order that starts with a', () => {
    const ports = turns(ofWeights([5, 1, 1]), 7);
    expect(tally(ports)).toEqual({ 1: 5, 2: 1, 3: 1 });
    expect(ports.join('')).not.toMatch(/1{4}/);
  });

  it('gives each exactly its share over as many turns as the weights add up to', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = tally(turns(ofWeights(weights), total * 2));
        weights.forEach((weight, index) => {
          expect(counts[index + 1]).toBe(weight * 2);
        });
      }),
    );
  });

  it('never lets an upstream lag behind its share by more than one turn for equal weights', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 100 }), (size, count) => {
        const counts = Object.values(tally(turns(ofWeights(new Array<number>(size).fill(1)), count)));
        expect(Math.max(...counts) - Math.min(...(counts.length < size ? [0] : counts))).toBeLessThanOrEqual(
          1,
        );
      }),
    );
  });

  it('skips unavailable upstreams, and distributes evenly over the others', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }), (available) => {
        const upstreams = ofWeights(available.map(() => 1));
        upstreams.forEach((upstream, index) => {
          upstream.setHealthy(available[index] ?? false);
        });
        const open = available.filter(Boolean).length;
        const counts = tally(turns(upstreams, 10 * Math.max(open, 1)));
        upstreams.forEach((upstream) => {
          expect(counts[upstream.port]).toBe(upstream.available ? 10 : undefined);
        });
        if (open === 0) expect(counts).toEqual({ undefined: 10 });
      }),
    );
  });

  it('does not send the missed requests to an upstream that comes back', () => {
    const upstreams = ofWeights([1, 1, 1]);
    const [first] = upstreams;
    const choose = makePolicy('round-robin');
    first?.setHealthy(false);
    for (let turn = 0; turn < 100; turn += 1) choose(upstreams, aRequest);
    first?.setHealthy(true);
    const after = Array.from({ length: 30 }, () => choose(upstreams, aRequest)?.port);
    expect(tally(after)).toEqual({ 1: 10, 2: 10, 3: 10 });
  });
});
