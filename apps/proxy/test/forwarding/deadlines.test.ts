import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { Deadline, Deadlines } from '../../src/forwarding/deadlines.ts';

const scene = () => {
  const clock = createFakeClock();
  const deadlines = new Deadlines(clock);
  let passed = 0;
  const deadline = new Deadline(() => {
    passed += 1;
  });
  deadlines.add(deadline);
  return { clock, deadlines, deadline, passed: () => passed };
};

describe('Deadlines', () => {
  it('fires a deadline once, never early and at most 200 ms late', () => {
    const { clock, deadlines, deadline, passed } = scene();
    deadlines.set(deadline, 1050);
    clock.advance(1049);
    expect(passed()).toBe(0);
    clock.advance(201);
    expect(passed()).toBe(1);
    clock.advance(10_000);
    expect(passed()).toBe(1);
  });

  it('does not fire early when a deadline is set between two sweeps', () => {
    const { clock, deadlines, deadline, passed } = scene();
    clock.advance(199);
    deadlines.set(deadline, 1000);
    clock.advance(999);
    expect(passed()).toBe(0);
    clock.advance(201);
    expect(passed()).toBe(1);
  });

  it('does not count time during which the process itself was suspended', () => {
    const timers: (() => void)[] = [];
    let nowMs = 0;
    const clock = {
      monotonicMs: () => nowMs,
      wallMs: () => nowMs,
      after: (_ms: number, callback: () => void) => {
        timers.push(callback);
        return { cancel: () => undefined };
      },
    };
    const sweepAt = (ms: number): void => {
      nowMs = ms;
      timers.pop()?.();
    };
    const deadlines = new Deadlines(clock);
    let passed = 0;
    const deadline = new Deadline(() => {
      passed += 1;
    });
    deadlines.add(deadline);
    deadlines.set(deadline, 1000);
    sweepAt(60_000);
    expect(passed).toBe(0);
    for (let ms = 60_100; ms <= 61_300; ms += 100) sweepAt(ms);
    expect(passed).toBe(1);
  });

  it('does not fire a deadline that was moved, cleared or removed', () => {
    const { clock, deadlines, deadline, passed } = scene();
    deadlines.set(deadline, 100);
    deadlines.set(deadline, 1000);
    clock.advance(500);
    deadlines.clear(deadline);
    clock.advance(5000);
    deadlines.set(deadline, 100);
    deadlines.remove(deadline);
    clock.advance(5000);
    expect(passed()).toBe(0);
  });

  it('uses one timer for all deadlines, and none without deadlines', () => {
    const { clock, deadlines, deadline } = scene();
    const second = new Deadline(() => undefined);
    deadlines.add(second);
    expect(clock.waiting).toBe(1);
    deadlines.remove(deadline);
    deadlines.remove(second);
    clock.advance(100);
    expect(clock.waiting).toBe(0);
    deadlines.add(second);
    expect(clock.waiting).toBe(1);
  });

  it('does not fire deadlines early that are added while others fire', () => {
    const { clock, deadlines } = scene();
    let late = 0;
    const second = new Deadline(() => {
      late += 1;
    });
    const first = new Deadline(() => {
      deadlines.add(second);
      deadlines.set(second, 1000);
    });
    deadlines.add(first);
    deadlines.set(first, 50);
    clock.advance(500);
    expect(late).toBe(0);
    clock.advance(1000);
    expect(late).toBe(1);
  });
});
