import { describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { createFakeClock } from '@tripod/testing/fake-clock';
import fc from 'fast-check';
import { createRateLimit, type RateLimit } from '../../../src/routing/rules/rate-limit.ts';
import { makeRequest } from '../../support/make-pool.ts';

const limiterOf = (limit: RateLimit) => {
  const clock = createFakeClock();
  const guard = createRateLimit(limit, clock);
  /** 0 when the request is admitted, otherwise the seconds of Retry-After. */
  const ask = (clientAddress = '192.0.2.1'): number => {
    try {
      expect(guard(makeRequest({ clientAddress }))).toBeUndefined();
      return 0;
    } catch (error) {
      if (!(error instanceof AppError) || error.status !== 429) throw error;
      return Number(error.headers['Retry-After']);
    }
  };
  return { clock, ask };
};

describe('createRateLimit', () => {
  it('admits the burst at once, then one request for each interval', () => {
    const { ask, clock } = limiterOf({ perSecond: 2, burst: 3 });
    expect([ask(), ask(), ask(), ask()]).toEqual([0, 0, 0, 1]);
    clock.advance(499);
    expect(ask()).toBe(1);
    clock.advance(1);
    expect([ask(), ask()]).toEqual([0, 1]);
  });

  it('admits a request again after the seconds that Retry-After names', () => {
    const { ask, clock } = limiterOf({ perSecond: 0.1, burst: 1 });
    expect([ask(), ask()]).toEqual([0, 10]);
    clock.advance(10_000);
    expect(ask()).toBe(0);
  });

  it('counts each IPv4 address, and each /64 network of IPv6', () => {
    const { ask } = limiterOf({ perSecond: 1 });
    expect([ask('192.0.2.1'), ask('192.0.2.2'), ask('192.0.2.1')]).toEqual([0, 0, 1]);
    expect([ask('2001:db8::1'), ask('2001:db8:0:0:1::1'), ask('2001:db8:0:1::1')]).toEqual([0, 1, 0]);
    expect([ask('::1'), ask('0:0:0:0::2')]).toEqual([0, 1]);
  });

  it('never admits more than the burst and the rate allow, at whatever times the requests come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat(400), { maxLength: 200 }),
        (perSecond, burst, pauses) => {
          const { ask, clock } = limiterOf({ perSecond, burst });
          let elapsedMs = 0;
          let admitted = 0;
          for (const pauseMs of pauses) {
            clock.advance(pauseMs);
            elapsedMs += pauseMs;
            if (ask() === 0) admitted += 1;
            expect(admitted).toBeLessThanOrEqual(burst + (elapsedMs / 1000) * perSecond + 1e-6);
          }
        },
      ),
    );
  });

  it('forgets the client that has been idle for the longest time when it counts 65,536', () => {
    const { ask } = limiterOf({ perSecond: 1 });
    expect([ask('192.0.2.1'), ask('192.0.2.1')]).toEqual([0, 1]);
    for (let n = 0; n < 65_536; n += 1) ask(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
    expect([ask('192.0.2.1'), ask('10.0.255.255')]).toEqual([0, 1]);
  });
});
