import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { pause } from '../../src/async/pause.ts';

describe('pause', () => {
  it('resolves after the given time, and not before', async () => {
    const clock = createFakeClock();
    let over = false;
    const paused = pause(clock, 200).then(() => {
      over = true;
    });
    clock.advance(199);
    await Promise.resolve();
    expect(over).toBe(false);
    clock.advance(1);
    await paused;
    expect(over).toBe(true);
  });

  it('resolves at once for 0 ms, without a timer', async () => {
    const clock = createFakeClock();
    await pause(clock, 0);
    expect(clock.waiting).toBe(0);
  });
});
