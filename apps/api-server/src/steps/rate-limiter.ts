import type { Clock } from '@tripod/shared/async/clock';

export type RateLimiterOptions = {
  /** Requests per second in the long run, and the most that may come at once. */
  readonly perSecond: number;
  /** Most keys that are kept. A further one replaces the key that was used least recently. */
  readonly maxKeys: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
};

export type RateLimiter = {
  /** Takes a token of this key. Returns 0, or the milliseconds until there is one. */
  take(key: string): number;
  /** How many keys are kept. */
  size(): number;
};

type Bucket = { readonly tokens: number; readonly atMs: number };

/** One token bucket per key. A bucket that is full again is as good as none, so that eviction costs nothing then. */
export const createRateLimiter = ({ perSecond, maxKeys, clock }: RateLimiterOptions): RateLimiter => {
  // A Map iterates in insertion order: the first key is the one that was used least recently.
  const buckets = new Map<string, Bucket>();
  const refill = ({ tokens, atMs }: Bucket, nowMs: number): number =>
    Math.min(perSecond, tokens + ((nowMs - atMs) * perSecond) / 1000);
  const evictOldest = (): void => {
    const oldest = buckets.keys().next();
    if (!oldest.done) buckets.delete(oldest.value);
  };
  return {
    take: (key) => {
      const nowMs = clock.monotonicMs();
      const tokens = refill(buckets.get(key) ?? { tokens: perSecond, atMs: nowMs }, nowMs);
      const isAllowed = tokens >= 1;
      buckets.delete(key);
      if (buckets.size >= maxKeys) evictOldest();
      buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs });
      return isAllowed ? 0 : ((1 - tokens) * 1000) / perSecond;
    },
    size: () => buckets.size,
  };
};
