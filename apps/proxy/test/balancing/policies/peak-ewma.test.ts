import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PeakEwma } from '../../../src/balancing/peak-ewma.ts';
import type { Upstream } from '../../../src/balancing/upstream.ts';
import { aRequest, makePolicy, makeUpstream } from '../../support/make-pool.ts';

describe('PeakEwma', () => {
  it('rises to a peak at once, and never leaves the range of what it has seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ms: fc.integer({ min: 1, max: 10_000 }), afterMs: fc.nat(60_000) }), {
          minLength: 1,
        }),
        (samples) => {
          const ewma = new PeakEwma();
          let nowMs = 1_000_000;
          let peak = 0;
          for (const { ms, afterMs } of samples) {
            nowMs += afterMs;
            ewma.record(ms, nowMs);
            peak = Math.max(peak, ms);
            expect(ewma.valueMs).toBeGreaterThanOrEqual(ms - 1e-6);
            expect(ewma.valueMs).toBeLessThanOrEqual(peak);
          }
        },
      ),
    );
  });

  it('falls by time alone while there are no responses', () => {
    const ewma = new PeakEwma();
    ewma.record(1000, 0);
    for (let second = 1; second <= 30; second += 1) ewma.decay(second * 1000);
    expect(ewma.valueMs).toBeCloseTo(1000 * Math.exp(-3));
  });
});

describe('the policy peak-ewma', () => {
  const pair = (slowMs: number, fastMs: number): readonly [Upstream, Upstream] => {
    const [slow, fast] = [makeUpstream(1), makeUpstream(2)];
    slow.responseTime.record(slowMs, 0);
    fast.responseTime.record(fastMs, 0);
    return [slow, fast];
  };

  it('prefers the upstream with the lower response time until its requests in flight outweigh it', () => {
    const [slow, fast] = pair(30, 10);
    const select = makePolicy('peak-ewma');
    const selected = Array.from({ length: 8 }, () => {
      const upstream = select([slow, fast], aRequest) as Upstream;
      upstream.startAttempt();
      return upstream;
    });
    expect(selected.filter((one) => one === fast)).toHaveLength(6);
  });

  it('gives an upstream that has not responded yet one request, and no second one before its response', () => {
    const [known, fresh] = [makeUpstream(1), makeUpstream(2)];
    known.responseTime.record(10, 0);
    const select = makePolicy('peak-ewma');
    expect(select([known, fresh], aRequest)).toBe(fresh);
    fresh.startAttempt();
    for (let n = 0; n < 20; n += 1) {
      expect(select([known, fresh], aRequest)).toBe(known);
      known.startAttempt();
    }
  });

  it('counts the weight', () => {
    const [strong, weak] = [makeUpstream(1, { weight: 4 }), makeUpstream(2)];
    for (const upstream of [strong, weak]) upstream.responseTime.record(10, 0);
    const select = makePolicy('peak-ewma');
    for (let n = 0; n < 10; n += 1) (select([strong, weak], aRequest) as Upstream).startAttempt();
    expect([strong.inFlight, weak.inFlight]).toEqual([8, 2]);
  });
});
