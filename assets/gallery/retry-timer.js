const minDelayMs = 1000;
const maxDelayMs = 30_000;

/**
 * A timer with exponential backoff from 1 s to 30 s, so that many open pages do not overload a server that comes back.
 * `schedule(retryAfterMs)` calls `retry` once, and never earlier than the server asked for.
 */
export const createRetryTimer = (retry) => {
  let delayMs = 0;
  let timer;
  return {
    schedule: (retryAfterMs) => {
      clearTimeout(timer);
      delayMs = Math.min(maxDelayMs, Math.max(minDelayMs, retryAfterMs, 2 * delayMs));
      timer = setTimeout(retry, delayMs);
    },
    /** Cancels the retry; the next delay is the shortest again. */
    reset: () => {
      clearTimeout(timer);
      delayMs = 0;
    },
  };
};
