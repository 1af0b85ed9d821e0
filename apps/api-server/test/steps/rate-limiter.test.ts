import { describe, expect, it } from '@jest/globals';
import { createRateLimiter } from '../../src/steps/rate-limiter.ts';

const createLimiter = (perSecond: number, maxKeys = 100) => {
  const time = { nowMs: 0 };
  const limiter = createRateLimiter({ perSecond, maxKeys, clock: { monotonicMs: () => time.nowMs } });
  return { time, ...limiter };
};

describe('createRateLimiter', () => {
  it('allows as many at once as it allows per second, and tells how long the next one has to wait', () => {
    const { take } = createLimiter(4);
    expect([1, 2, 3, 4].map(() => take('a'))).toEqual([0, 0, 0, 0]);
    expect(take('a')).toBe(250);
  });

  it('allows the rate in the long run, and a refused request costs nothing', () => {
    const { take, time } = createLimiter(2);
    let allowed = 0;
    for (time.nowMs = 0; time.nowMs < 10_000; time.nowMs += 100) allowed += Number(take('a') === 0);
    // 2 at once, and 2 in each of the seconds that follow.
    expect(allowed).toBeGreaterThanOrEqual(20);
    expect(allowed).toBeLessThanOrEqual(22);
  });

  it('saves up no more than one second', () => {
    const { take, time } = createLimiter(2);
    take('a');
    time.nowMs = 3_600_000;
    expect([1, 2, 3].map(() => take('a') === 0)).toEqual([true, true, false]);
  });

  it('counts each key by itself', () => {
    const { take } = createLimiter(1);
    expect([take('a'), take('b')]).toEqual([0, 0]);
    expect(take('a')).toBeGreaterThan(0);
  });

  it('keeps a bounded number of keys, those that were used last', () => {
    const { take, size } = createLimiter(1, 3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) take(key);
    expect(size()).toBe(3);
    // `b` was the oldest: it has a new bucket. `a` is still empty.
    expect(take('a')).toBeGreaterThan(0);
    expect(take('b')).toBe(0);
    for (let at = 0; at < 1000; at += 1) take(`key ${at}`);
    expect(size()).toBe(3);
  });
});
