/** Decides what happens after a process has died. One per process. */
export type RestartPolicy = {
  /** The process serves. */
  ready(): void;
  /** The process died: returns how long to wait before the next start, or that it must stay down. */
  died(): { readonly delayMs: number } | 'give up';
  /** Forgets all deaths, because a person asked for the next start. */
  reset(): void;
};

export type RestartLimits = {
  /** The first delay; each following one is twice as long. Default 200 ms. */
  readonly firstDelayMs?: number;
  /** Default 5 s. */
  readonly maxDelayMs?: number;
  /** A process that served for this long starts again with the first delay. Default 10 s. */
  readonly stableMs?: number;
  /** More deaths than this within the window are a crash loop. Default 5 in 30 s. */
  readonly maxDeaths?: number;
  readonly windowMs?: number;
};

/** Creates a policy with exponential delays that gives up on a crash loop. */
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
      if (deathsMs.length > maxDeaths) return 'give up';
      const next = { delayMs };
      delayMs = Math.min(delayMs * 2, maxDelayMs);
      return next;
    },
    reset() {
      delayMs = firstDelayMs;
      readySinceMs = undefined;
      deathsMs = [];
    },
  };
};
