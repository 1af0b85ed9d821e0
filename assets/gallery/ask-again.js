const minDelayMs = 1000;
const maxDelayMs = 30_000;

/**
 * Calls `ask` once after each failure it is told of: not before the server wants it, each time later than the time
 * before, and at most 30 s later, so that the pages of an outage do not become its next one.
 */
export const createAskAgain = (ask) => {
  let delayMs = 0;
  let timer;
  return {
    later: (retryAfterMs) => {
      clearTimeout(timer);
      delayMs = Math.min(maxDelayMs, Math.max(minDelayMs, retryAfterMs, 2 * delayMs));
      timer = setTimeout(ask, delayMs);
    },
    /** Asks no more for this outage; the next one begins with the shortest delay. */
    stop: () => {
      clearTimeout(timer);
      delayMs = 0;
    },
  };
};
