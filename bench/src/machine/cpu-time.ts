import { existsSync, readFileSync } from 'node:fs';
import { listProcessTree } from '@tripod/shared/os/process-table';

/** Linux reports processor time in hundredths of a second, whatever its own clock (USER_HZ, proc(5)). */
const microsPerTick = 10_000;

/**
 * Reads user and kernel time from a line of /proc/PID/stat, in ticks. Throws on anything else. The name of the
 * process may hold spaces and parentheses.
 */
export const parseCpuTicks = (stat: string): number => {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(afterName[11]) + Number(afterName[12]);
  if (!Number.isInteger(ticks)) throw new Error(`not a line of /proc/PID/stat: ${stat}`);
  return ticks;
};

const readTicks = (pid: number): number => {
  try {
    return parseCpuTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // The process has ended meanwhile.
    return 0;
  }
};

/** Processor time of these process trees since their start, in microseconds. Undefined on a system without /proc. */
export const readCpuMicros = (rootPids: readonly number[]): number | undefined =>
  existsSync('/proc/self/stat')
    ? listProcessTree(rootPids).reduce((sum, pid) => sum + readTicks(pid), 0) * microsPerTick
    : undefined;
