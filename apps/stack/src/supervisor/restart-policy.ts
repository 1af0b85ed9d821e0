/** Decides what follows a death. One per process. */
export type RestartPolicy = {
  /** The process serves. */
  ready(): void;
  /** The process ended by itself: how long to wait before the next start, or that it is to be left down. */
  died(): { readonly delayMs: number } | 'leave down';
  /** Forgets all deaths: a person asked for the next start. */
  reset(): void;
};

export type RestartLimits = {
  /** The first wait; each next one is twice as long. Default 200 ms. */
  readonly firstDelayMs?: number;
  /** Default 5 s. */
  readonly maxDelayMs?: number;
  /** After serving this long the wait is the first one again. Default 10 s. */
  readonly stableMs?: number;
  /** More deaths than this within the window are a crash loop. Default 5 in 30 s. */
  readonly maxDeaths?: number;
  readonly windowMs?: number;
};

/** Waits longer after each death, and gives up on a process that dies again and again. */
export const createRestartPolicy = (monotonicMs: () => number, limits: RestartLimits = {}): RestartPolicy => {
  const {
    firstDelayMs = 200,
    maxDelayMs = 5000,
    stableMs = 10_000,
    maxDeaths = 5,
    windowMs = 30_000,
  } = limits;
  let delayMs = firstDelayMs;
  let readySinceMs: number | undefined;
  let deathsMs: readonly number[] = [];
  return {
    ready() {
      readySinceMs = monotonicMs();
    },
    died() {
      const nowMs = monotonicMs();
      if (readySinceMs !== undefined && nowMs - readySinceMs >= stableMs) delayMs = firstDelayMs;
      readySinceMs = undefined;
      deathsMs = [...deathsMs.filter((deathMs) => nowMs - deathMs < windowMs), nowMs];
      if (deathsMs.length > maxDeaths) return 'leave down';
      const wait = { delayMs };
      delayMs = Math.min(delayMs * 2, maxDelayMs);
      return wait;
    },
    reset() {
      delayMs = firstDelayMs;
      readySinceMs = undefined;
      deathsMs = [];
    },
  };
};
