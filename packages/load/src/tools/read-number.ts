/** Reads one number from the output of a tool. Throws when it is not there. */
export const readNumber = (output: string, pattern: RegExp): number => {
  const value = Number(pattern.exec(output)?.[1] ?? Number.NaN);
  if (Number.isNaN(value)) throw new Error(`the output has nothing like ${pattern}`);
  return value;
};
