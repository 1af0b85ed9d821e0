/** What a load generator counted in one round. */
export type LoadResult = {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answers that were not 2xx, broken connections, time-outs, wrong lengths: any makes the round worthless. */
  readonly errors: number;
  /** The slowest hundredth took longer than this. */
  readonly p99Ms: number;
};

/** Reads one number. Throws with the whole output when it is not there. */
export const readNumber = (output: string, pattern: RegExp): number => {
  const value = Number(pattern.exec(output)?.[1] ?? Number.NaN);
  if (Number.isNaN(value)) throw new Error(`the output of the load generator is not understood:\n${output}`);
  return value;
};
