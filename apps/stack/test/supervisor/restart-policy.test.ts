import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createRestartPolicy } from '../../src/supervisor/restart-policy.ts';

describe('the restart policy', () => {
  it('doubles the delay after each death, from 0.2 s to 5 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    const delays = Array.from({ length: 7 }, () => {
      clock.advance(10_000);
      return policy.died();
    });
    expect(delays).toEqual([200, 400, 800, 1600, 3200, 5000, 5000].map((delayMs) => ({ delayMs })));
  });

  it('starts again with 0.2 s after the process served for 10 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    policy.died();
    policy.died();
    policy.ready();
    clock.advance(10_000);
    expect(policy.died()).toEqual({ delayMs: 200 });
  });

  it('goes on doubling when the process served for less than 10 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    policy.died();
    policy.ready();
    clock.advance(9999);
    expect(policy.died()).toEqual({ delayMs: 400 });
  });

  it('does not count the time while the process was down as time that it served', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    policy.ready();
    policy.died();
    clock.advance(60_000);
    expect(policy.died()).toEqual({ delayMs: 400 });
  });

  it('gives up after the sixth death within 30 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    const decisions = Array.from({ length: 6 }, () => {
      clock.advance(4999);
      return policy.died();
    });
    expect(decisions.slice(0, 5)).not.toContain('give up');
    expect(decisions[5]).toBe('give up');
  });

  it('counts only the deaths of the last 30 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    const decisions = Array.from({ length: 20 }, () => {
      clock.advance(6001);
      return policy.died();
    });
    expect(decisions).not.toContain('give up');
  });

  it('forgets all deaths when a person asks for the next start', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    for (let death = 0; death < 6; death += 1) policy.died();
    policy.reset();
    expect(policy.died()).toEqual({ delayMs: 200 });
  });
});
