import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '../src/fake-clock.ts';

describe('createFakeClock', () => {
  it('moves only when it is advanced', () => {
    const clock = createFakeClock(500);
    expect([clock.monotonicMs(), clock.wallMs()]).toEqual([500, 500]);
    clock.advance(10);
    expect([clock.monotonicMs(), clock.wallMs()]).toEqual([510, 510]);
  });

  it('fires due timers by time, and in the order of creation when the times are equal', () => {
    const clock = createFakeClock(0);
    const fired: string[] = [];
    const note = (name: string) => () => void fired.push(`${name} at ${clock.monotonicMs()}`);
    clock.after(20, note('c'));
    clock.after(10, note('a'));
    clock.after(10, note('b'));
    clock.after(31, note('late'));
    clock.advance(30);
    expect(fired).toEqual(['a at 10', 'b at 10', 'c at 20']);
    expect(clock.waiting).toBe(1);
    expect(clock.monotonicMs()).toBe(30);
  });

  it('fires timers that other timers set, when they are due within the same advance', () => {
    const clock = createFakeClock(0);
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.monotonicMs());
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    expect(fired).toEqual([10, 20, 30]);
  });

  it('does not fire a cancelled timer, and allows cancelling it twice', () => {
    const clock = createFakeClock();
    const timer = clock.after(1, () => {
      throw new Error('must not fire');
    });
    timer.cancel();
    timer.cancel();
    clock.advance(5);
    expect(clock.waiting).toBe(0);
  });
});
