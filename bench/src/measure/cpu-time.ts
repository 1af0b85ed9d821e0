import { readTree } from './process-tree.ts';

/** Linux counts in hundredths of a second towards programs, whatever its own clock (USER_HZ). */
const microsPerTick = 10_000;

/** Microseconds of processor time of these process trees since they started. Undefined where there is no /proc. */
export const readCpuMicros = (rootPids: readonly number[]): number | undefined => {
  const tree = readTree(rootPids);
  return tree && tree.reduce((sum, { ticks }) => sum + ticks, 0) * microsPerTick;
};
