/** Reads one number from the output of a program. Throws with the output when it is not there. */
export const readNumber = (output: string, pattern: RegExp): number => {
  const value = Number(pattern.exec(output)?.[1] ?? Number.NaN);
  if (Number.isNaN(value)) throw new Error(`unexpected output of the load generator:\n${output}`);
  return value;
};
