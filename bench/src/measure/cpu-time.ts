import { readdirSync, readFileSync } from 'node:fs';

/** What /proc/PID/stat says: who started the process, and its time in user and kernel mode (proc(5)). */
export type ProcessTimes = { readonly pid: number; readonly parentPid: number; readonly ticks: number };

/** Linux counts in hundredths of a second towards programs, whatever its own clock (USER_HZ). */
const microsPerTick = 10_000;

/** Throws on anything that is not such a line. The name of the process may hold blanks and parentheses. */
export const parseProcessTimes = (stat: string): ProcessTimes => {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const times = {
    pid: Number.parseInt(stat, 10),
    parentPid: Number(afterName[1]),
    ticks: Number(afterName[11]) + Number(afterName[12]),
  };
  if (!Object.values(times).every(Number.isInteger)) throw new Error(`not a line of /proc/PID/stat: ${stat}`);
  return times;
};

/** Sums the ticks of a process and of everything below it. */
export const sumTree = (processes: readonly ProcessTimes[], rootPid: number): number => {
  const own = processes.filter(({ pid }) => pid === rootPid);
  const children = processes.filter(({ parentPid }) => parentPid === rootPid);
  return [...own.map(({ ticks }) => ticks), ...children.map(({ pid }) => sumTree(processes, pid))].reduce(
    (sum, ticks) => sum + ticks,
    0,
  );
};

const readTimes = (pid: string): readonly ProcessTimes[] => {
  try {
    return [parseProcessTimes(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
  } catch {
    // It ended while we were looking.
    return [];
  }
};

/** Microseconds of processor time of a process tree since it started. Undefined where there is no /proc. */
export const readCpuMicros = (rootPid: number): number | undefined => {
  let names: readonly string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  return sumTree(names.flatMap(readTimes), rootPid) * microsPerTick;
};
