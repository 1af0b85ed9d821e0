import type { Clock } from '@tripod/shared/async/clock';

/** A clock that moves only when a test advances it; due timers then fire in order. */
export type FakeClock = Clock & {
  advance(ms: number): void;
  /** Number of pending timers, so that a test can assert that none was left behind. */
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
