import type { Clock } from './clock.ts';

/**
 * Resolves after this many milliseconds, at once for 0. Like every timer of a clock, it does not keep the process
 * alive.
 */
export const pause = (clock: Clock, ms: number): Promise<void> =>
  ms <= 0
    ? Promise.resolve()
    : new Promise((resolve) => {
        clock.after(ms, resolve);
      });
