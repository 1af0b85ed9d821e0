import { readFileSync } from 'node:fs';

/** What a process and its descendants have used. */
export type ProcessUsage = {
  /** Processor time since the start of each of them, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory of all of them; pages that they share count for each. */
  readonly memoryBytes: number;
};

/** Ticks of /proc per second (USER_HZ), which Linux fixes at 100 for programs. */
const msPerTick = 10;

const readNumber = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);

const childrenOf = (pid: number): readonly number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // A kernel without this file, or a process that has just ended.
    return [];
  }
};

/** Reads /proc. Returns undefined for a process that has ended, and on other systems than Linux. */
export const findProcessUsage = (pid: number): ProcessUsage | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields 14 and 15 of proc_pid_stat(5): user and system time. Field 2, the name, may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const kib = readNumber(readFileSync(`/proc/${pid}/status`, 'utf8'), /^VmRSS:\s+(\d+)/m);
    const children = childrenOf(pid).flatMap((child) => findProcessUsage(child) ?? []);
    return {
      cpuMs: children.reduce((sum, { cpuMs }) => sum + cpuMs, ticks * msPerTick),
      memoryBytes: children.reduce((sum, { memoryBytes }) => sum + memoryBytes, kib * 1024),
    };
  } catch {
    return undefined;
  }
};
