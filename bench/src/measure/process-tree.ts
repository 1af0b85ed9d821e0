import { readdirSync, readFileSync } from 'node:fs';

/** What /proc/PID/stat says: who started the process, and its time in user and kernel mode (proc(5)). */
export type ProcessTimes = { readonly pid: number; readonly parentPid: number; readonly ticks: number };

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

/** These processes and everything below them. */
export const treeOf = (
  processes: readonly ProcessTimes[],
  rootPids: readonly number[],
): readonly ProcessTimes[] => {
  const roots = processes.filter(({ pid }) => rootPids.includes(pid));
  const children = processes.filter(({ parentPid }) => rootPids.includes(parentPid));
  if (children.length === 0) return roots;
  return [
    ...roots,
    ...treeOf(
      processes,
      children.map(({ pid }) => pid).filter((pid) => !rootPids.includes(pid)),
    ),
  ];
};

const readTimes = (pid: string): readonly ProcessTimes[] => {
  try {
    return [parseProcessTimes(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
  } catch {
    // It ended while we were looking.
    return [];
  }
};

/** What runs of these trees now. Undefined where there is no /proc. */
export const readTree = (rootPids: readonly number[]): readonly ProcessTimes[] | undefined => {
  let names: readonly string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  return treeOf(names.flatMap(readTimes), rootPids);
};
