/** Buckets per power of two. A bucket is at most 1/16 of its value wide, so its middle is off by at most 1/32. */
const subBuckets = 16;
/** Microseconds are 31-bit integers, so a duration over 36 minutes counts as 36 minutes. */
const maxUs = 2 ** 31 - 1;
const bucketCount = 448;
const windowTurns = 10;

/** Counts by bucket. */
export type LatencyCounts = Readonly<Float64Array>;

/** 0 to 15 µs have one bucket each; each larger power of two is divided into sixteen. */
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
 * Counts durations in log-linear buckets. Recording allocates nothing and reads no clock. The owner calls `turn` once a
 * second, so that `recent` covers the last ten seconds.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(bucketCount);
  readonly #sumMs = new Float64Array(1);
  /** A ring of the counts at the last ten turns; `#turn` is the index of the oldest. */
  readonly #earlier = Array.from({ length: windowTurns }, () => new Float64Array(bucketCount));
  #turn = 0;

  record(durationMs: number): void {
    const bucket = bucketOf(Math.min(durationMs * 1000, maxUs) | 0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs[0] = (this.#sumMs[0] ?? 0) + durationMs;
  }

  /** Must be called once a second. */
  turn(): void {
    this.#earlier[this.#turn]?.set(this.#counts);
    this.#turn = (this.#turn + 1) % windowTurns;
  }

  /** Counts since the histogram was created. */
  total(): LatencyCounts {
    return this.#counts;
  }

  /** Counts of the last ten turns. */
  recent(): LatencyCounts {
    const oldest = this.#earlier[this.#turn];
    return this.#counts.map((count, bucket) => count - (oldest?.[bucket] ?? 0));
  }

  get sumMs(): number {
    return this.#sumMs[0] ?? 0;
  }
}

/** Adds the counts of several histograms. */
export const mergeCounts = (all: readonly LatencyCounts[]): LatencyCounts => {
  const merged = new Float64Array(bucketCount);
  for (const counts of all) {
    for (const [bucket, count] of counts.entries()) merged[bucket] = (merged[bucket] ?? 0) + count;
  }
  return merged;
};

/**
 * Returns the quantile `share` (0 to 1) of the recorded durations in milliseconds, with an error of at most 3 %;
 * undefined when nothing was recorded.
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

/** Pairs of a bucket and its count, without empty buckets: the form in which counts are sent. */
export type SparseCounts = readonly (readonly [bucket: number, count: number])[];

export const toSparseCounts = (counts: LatencyCounts): SparseCounts =>
  [...counts.entries()].filter(([, count]) => count > 0);

/** Buckets that do not exist are left out. */
export const fromSparseCounts = (sparse: SparseCounts): LatencyCounts => {
  const counts = new Float64Array(bucketCount);
  for (const [bucket, count] of sparse) counts[bucket] = count;
  return counts;
};

/** The counts that were added since `earlier`. */
export const subtractCounts = (later: LatencyCounts, earlier: LatencyCounts): LatencyCounts =>
  later.map((count, bucket) => Math.max(0, count - (earlier[bucket] ?? 0)));

/** Bounds for Prometheus as exponents of two, in microseconds: 256 µs to 34 s. Each is the edge of a bucket. */
const boundExponents = Array.from({ length: 18 }, (_, index) => index + 8);

/** Upper bounds in seconds of `countsByBound`. */
export const latencyBoundsSeconds: readonly number[] = boundExponents.map((exponent) => 2 ** exponent / 1e6);

/** Returns the counts for each bound, not cumulative, followed by the count above all bounds. */
export const countsByBound = (counts: LatencyCounts): readonly number[] => {
  const edges = [...boundExponents.map((exponent) => (exponent - 3) * subBuckets), bucketCount];
  return edges.map((edge, index) =>
    counts.subarray(edges[index - 1] ?? 0, edge).reduce((sum, count) => sum + count, 0),
  );
};
