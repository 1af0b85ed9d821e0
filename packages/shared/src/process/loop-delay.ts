import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock, Timer } from '../async/clock.ts';

/** Measuring costs 0.3 % of a core with this resolution. */
const resolutionMs = 20;
const idleMs = 10_000;
const nanosecondsPerMs = 1e6;

/**
 * Measures the event loop of this process while somebody asks. The returned function gives the longest delay in
 * milliseconds since it was called last, and undefined for the first call and after 10 s without a call.
 */
export const createLoopDelayMeter = (clock: Clock): (() => number | undefined) => {
  let monitor: ReturnType<typeof monitorEventLoopDelay> | undefined;
  let timer: Timer | undefined;
  const end = (): void => {
    monitor?.disable();
    monitor = undefined;
  };
  return () => {
    timer?.cancel();
    timer = clock.after(idleMs, end);
    if (!monitor) {
      monitor = monitorEventLoopDelay({ resolution: resolutionMs });
      monitor.enable();
      return undefined;
    }
    // The histogram counts the time between two timers, so that its resolution is part of each value.
    const delayMs = monitor.count === 0 ? 0 : monitor.max / nanosecondsPerMs - resolutionMs;
    monitor.reset();
    return Math.max(0, delayMs);
  };
};
