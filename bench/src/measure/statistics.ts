/** The median of some values and their range. */
export type Summary = { readonly median: number; readonly lowest: number; readonly highest: number };

/** Throws when there are no values or one is not a finite number. */
export const summarise = (values: readonly number[]): Summary => {
  const sorted = [...values].sort((a, b) => a - b);
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined || !sorted.every(Number.isFinite)) {
    throw new Error(`can't compute a median of [${values.join(', ')}]`);
  }
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? highest;
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? lowest);
  return { median: (lower + upper) / 2, lowest, highest };
};
