/** The middle of some values, and how far they lie apart. */
export type Summary = { readonly median: number; readonly lowest: number; readonly highest: number };

/** Throws when there are no values, or one is not a finite number: a figure made of them would mean nothing. */
export const summarise = (values: readonly number[]): Summary => {
  const sorted = [...values].sort((a, b) => a - b);
  const [lowest] = sorted;
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined || !sorted.every(Number.isFinite)) {
    throw new Error(`no figure can be made of [${values.join(', ')}]`);
  }
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? highest;
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? lowest);
  return { median: (lower + upper) / 2, lowest, highest };
};
