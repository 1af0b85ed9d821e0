import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aRequest, makePolicy, makeUpstream } from '../support/make-pool.ts';

describe('the slow start of an upstream', () => {
  it('begins with a tenth of its weight when it comes back, and rises to the whole within slowStartMs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 50 }),
        (weight, slowStartMs, turns) => {
          const upstream = makeUpstream(1, { weight, slowStartMs });
          expect(upstream.weight).toBe(weight);
          upstream.setHealthy(false, 'down');
          upstream.setHealthy(true);
          expect(upstream.weight).toBeCloseTo(weight / 10);
          let elapsedMs = 0;
          for (const turnMs of turns) {
            const before = upstream.weight;
            upstream.warmUp(turnMs);
            elapsedMs += turnMs;
            expect(upstream.weight).toBeGreaterThanOrEqual(before);
            expect(upstream.weight).toBeCloseTo(weight * Math.min(1, Math.max(0.1, elapsedMs / slowStartMs)));
          }
          upstream.warmUp(slowStartMs);
          expect(upstream.weight).toBe(weight);
        },
      ),
    );
  });

  it('gives an upstream that has come back a tenth of the requests of another one at first', () => {
    const [steady, back] = [makeUpstream(1), makeUpstream(2, { slowStartMs: 10_000 })];
    back.setHealthy(false, 'down');
    back.setHealthy(true);
    const select = makePolicy('round-robin');
    const selected = Array.from({ length: 110 }, () => select([steady, back], aRequest));
    expect(selected.filter((one) => one === back)).toHaveLength(10);
  });

  it('does not begin when an upstream was only full', () => {
    const upstream = makeUpstream(1, { slowStartMs: 10_000, maxInFlight: 1 });
    upstream.startAttempt();
    upstream.endAttempt();
    expect(upstream.weight).toBe(1);
  });
});
