/** A timer that was set; cancelling one that has fired does nothing. */
export type Timer = { cancel(): void };

/** Time as an argument, so that tests can turn it. */
export type Clock = {
  /** Milliseconds that never go backwards, from any origin: for durations and deadlines. */
  monotonicMs(): number;
  /** Milliseconds since 1970: for people. */
  wallMs(): number;
  /** Calls back once after that many milliseconds. A timer never keeps the process alive. */
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
