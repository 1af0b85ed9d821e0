/** A timer that was set; cancelling one that has fired does nothing. */
export type Timer = { cancel(): void };

/** Time as an argument, so that tests can control it. */
export type Clock = {
  /** Monotonic milliseconds from an arbitrary origin: for durations and deadlines. */
  monotonicMs(): number;
  /** Wall-clock milliseconds since 1970: for logs and headers. */
  wallMs(): number;
  /** Calls back once after this many milliseconds. A timer never keeps the process alive. */
  after(ms: number, callback: () => void): Timer;
};

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
