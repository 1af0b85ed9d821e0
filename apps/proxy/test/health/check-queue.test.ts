import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { CheckQueue } from '../../src/health/check-queue.ts';

/** Lets the promises of ended checks run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('CheckQueue', () => {
  it('starts at most 20 checks in 100 ms, in the order of the calls', async () => {
    const clock = createFakeClock();
    const queue = new CheckQueue(clock);
    const started: number[] = [];
    for (let check = 0; check < 50; check += 1) {
      queue.add(() => {
        started.push(check);
        return Promise.resolve();
      });
    }
    expect(started).toHaveLength(20);
    await settle();
    expect(started).toHaveLength(20);
    clock.advance(100);
    expect(started).toHaveLength(40);
    await settle();
    clock.advance(100);
    expect(started).toEqual(Array.from({ length: 50 }, (_, check) => check));
    expect(clock.waiting).toBe(0);
  });

  it('runs at most 32 checks at once, and goes on when one fails', async () => {
    const clock = createFakeClock();
    const queue = new CheckQueue(clock);
    const running: ((error: Error) => void)[] = [];
    for (let check = 0; check < 60; check += 1) {
      queue.add(
        () =>
          new Promise((_resolve, reject) => {
            running.push(reject);
          }),
      );
    }
    clock.advance(1000);
    expect(running).toHaveLength(32);
    running[0]?.(new Error('broken'));
    await settle();
    expect(running).toHaveLength(33);
  });

  it('starts nothing after it was cleared, and leaves no timer', () => {
    const clock = createFakeClock();
    const queue = new CheckQueue(clock);
    let started = 0;
    for (let check = 0; check < 30; check += 1) {
      queue.add(() => {
        started += 1;
        return Promise.resolve();
      });
    }
    queue.clear();
    clock.advance(1000);
    expect([started, clock.waiting]).toEqual([20, 0]);
  });
});
