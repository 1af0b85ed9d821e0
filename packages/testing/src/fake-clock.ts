import type { Clock } from '@tripod/shared/async/clock';

/** A clock that stands still until it is told to move; due timers then fire in order. */
export type FakeClock = Clock & {
  advance(ms: number): void;
  /** Timers that wait: a test can assert that nothing was left behind. */
  readonly waiting: number;
};

export const createFakeClock = (startMs = 1_000_000): FakeClock => {
  let nowMs = startMs;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  return {
    monotonicMs: () => nowMs,
    wallMs: () => nowMs,
    after(ms, callback) {
      const timer = { dueMs: nowMs + ms, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (!due) break;
        timers.delete(due);
        nowMs = due.dueMs;
        due.callback();
      }
      nowMs = untilMs;
    },
    get waiting() {
      return timers.size;
    },
  };
};
