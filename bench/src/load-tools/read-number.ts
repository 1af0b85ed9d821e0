/** Reads one number. Throws with the whole output when it is not there. */
export const readNumber = (output: string, pattern: RegExp): number => {
  const value = Number(pattern.exec(output)?.[1] ?? Number.NaN);
  if (Number.isNaN(value)) throw new Error(`the output of the load generator is not understood:\n${output}`);
  return value;
};
