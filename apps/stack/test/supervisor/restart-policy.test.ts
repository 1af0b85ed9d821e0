import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createRestartPolicy } from '../../src/supervisor/restart-policy.ts';

describe('createRestartPolicy', () => {
  it('waits 0.2 s after the first death and twice as long after each next one, 5 s at most', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    const delays = Array.from({ length: 7 }, () => {
      clock.advance(10_000);
      return policy.died();
    });
    expect(delays).toEqual([200, 400, 800, 1600, 3200, 5000, 5000].map((delayMs) => ({ delayMs })));
  });

  it('begins anew with 0.2 s after a process that served for 10 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    policy.died();
    policy.died();
    policy.ready();
    clock.advance(10_000);
    expect(policy.died()).toEqual({ delayMs: 200 });
  });

  it('goes on doubling after a process that served for less', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    policy.died();
    policy.ready();
    clock.advance(9999);
    expect(policy.died()).toEqual({ delayMs: 400 });
  });

  it('does not take the time that a process was down for time that it served', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    policy.ready();
    policy.died();
    clock.advance(60_000);
    expect(policy.died()).toEqual({ delayMs: 400 });
  });

  it('leaves a process down at the sixth death within 30 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    const verdicts = Array.from({ length: 6 }, () => {
      clock.advance(4999);
      return policy.died();
    });
    expect(verdicts.slice(0, 5)).not.toContain('leave down');
    expect(verdicts[5]).toBe('leave down');
  });

  it('counts only the deaths of the last 30 s', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    const verdicts = Array.from({ length: 20 }, () => {
      clock.advance(6001);
      return policy.died();
    });
    expect(verdicts).not.toContain('leave down');
  });

  it('forgets everything when a person asks for the next start', () => {
    const clock = createFakeClock();
    const policy = createRestartPolicy(clock.monotonicMs);
    for (let death = 0; death < 6; death += 1) policy.died();
    policy.reset();
    expect(policy.died()).toEqual({ delayMs: 200 });
  });
});
