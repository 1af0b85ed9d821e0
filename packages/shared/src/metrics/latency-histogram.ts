/** Buckets of one power of two: a value is known to a sixteenth of itself, its middle to a thirty-second. */
const subBuckets = 16;
/** Microseconds are kept as 31-bit integers: up to 36 minutes, and everything longer as that. */
const maxUs = 2 ** 31 - 1;
const bucketCount = 448;
const windowTurns = 10;

/** Counts by bucket. */
export type LatencyCounts = Readonly<Float64Array>;

/** 0 to 15 µs have a bucket each; from there on every power of two is divided into sixteen. */
const bucketOf = (us: number): number => {
  if (us < subBuckets) return us;
  const exponent = 31 - Math.clz32(us);
  return (exponent - 3) * subBuckets + ((us >>> (exponent - 4)) & (subBuckets - 1));
};

/** The middle of a bucket in milliseconds. */
const middleMs = (bucket: number): number => {
  if (bucket < subBuckets) return (bucket + 0.5) / 1000;
  const width = 2 ** ((bucket >> 4) - 1);
  return ((subBuckets + (bucket & (subBuckets - 1)) + 0.5) * width) / 1000;
};

/**
 * Durations in log-linear buckets. Recording is an increment of an array and of a sum: nothing is allocated, no clock
 * is read. Whoever owns it calls `turn` once a second, which makes the last ten seconds known.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketCount);
  readonly #sumMs = new Float64Array(1);
  /** The counts at the last turns, oldest first from `#turn` on. */
  readonly #earlier = Array.from({ length: windowTurns }, () => new Float64Array(bucketCount));
  #turn = 0;

  record(durationMs: number): void {
    const bucket = bucketOf(Math.min(durationMs * 1000, maxUs) | 0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs[0] = (this.#sumMs[0] ?? 0) + durationMs;
  }

  /** A second has passed. */
  turn(): void {
    this.#earlier[this.#turn]?.set(this.#counts);
    this.#turn = (this.#turn + 1) % windowTurns;
  }

  /** Since it was made. */
  total(): LatencyCounts {
    return this.#counts;
  }

  /** Of the last ten turns. */
  recent(): LatencyCounts {
    const oldest = this.#earlier[this.#turn];
    return this.#counts.map((count, bucket) => count - (oldest?.[bucket] ?? 0));
  }

  get sumMs(): number {
    return this.#sumMs[0] ?? 0;
  }
}

/** The counts of several histograms together. */
export const mergeCounts = (all: readonly LatencyCounts[]): LatencyCounts => {
  const merged = new Float64Array(bucketCount);
  for (const counts of all) {
    for (const [bucket, count] of counts.entries()) merged[bucket] = (merged[bucket] ?? 0) + count;
  }
  return merged;
};

/**
 * The duration in milliseconds that this share (0 to 1) of the recorded ones did not exceed, 3 % off at most; undefined
 * when none was recorded.
 */
export const quantileMs = (counts: LatencyCounts, share: number): number | undefined => {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let left = Math.max(1, Math.ceil(all * share));
  for (const [bucket, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return middleMs(bucket);
  }
  return undefined;
};

/** Exponents of two whose microseconds bound the buckets for Prometheus: 256 µs to 34 s, exact edges of ours. */
const boundExponents = Array.from({ length: 18 }, (_, index) => index + 8);

/** Upper bounds in seconds of `countsByBound`. */
export const latencyBoundsSeconds: readonly number[] = boundExponents.map((exponent) => 2 ** exponent / 1e6);

/** Counts for each bound, not cumulative, and one more for what lies above all of them. */
export const countsByBound = (counts: LatencyCounts): readonly number[] => {
  const edges = [...boundExponents.map((exponent) => (exponent - 3) * subBuckets), bucketCount];
  return edges.map((edge, index) =>
    counts.subarray(edges[index - 1] ?? 0, edge).reduce((sum, count) => sum + count, 0),
  );
};
