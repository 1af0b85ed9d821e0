import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/async/clock.ts';

// The clock's timers keep nothing alive, so something else must while a test waits for one.
let keepAlive: NodeJS.Timeout;
beforeEach(() => {
  keepAlive = setInterval(() => undefined, 1000);
});
afterEach(() => clearInterval(keepAlive));

const fired = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    systemClock.after(ms, resolve);
  });

describe('systemClock', () => {
  it('calls back, and never goes backwards', async () => {
    const before = systemClock.monotonicMs();
    await fired(1);
    expect(systemClock.monotonicMs()).toBeGreaterThan(before);
  });

  it('does not call back when cancelled', async () => {
    let called = false;
    const timer = systemClock.after(1, () => {
      called = true;
    });
    timer.cancel();
    await fired(2);
    expect(called).toBe(false);
  });

  it('returns the current wall-clock time', () => {
    expect(new Date(systemClock.wallMs()).getFullYear()).toBe(new Date().getFullYear());
  });
});
