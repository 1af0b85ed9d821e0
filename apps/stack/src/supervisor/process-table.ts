import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { findProcess, sendSignal } from '@tripod/embedded-postgres/process-table';

export type StopSignal = 'SIGTERM' | 'SIGKILL' | 'SIGQUIT' | 'SIGHUP';

/** The machine's processes, as an argument. */
export type ProcessTable = {
  /** The command line of that process, arguments parted by spaces; undefined when there is none. */
  commandOf(pid: number): string | undefined;
  /** The processes that it started and that still run. */
  childrenOf(pid: number): readonly number[];
  /** Resident memory of each of them that runs. */
  memoryOf(pids: readonly number[]): ReadonlyMap<number, number>;
  /** One that has gone meanwhile is no error. */
  signal(pid: number, signal: StopSignal): void;
};

/** pid, ppid and resident KiB of every process. */
const listByPs = (): readonly (readonly number[])[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid=,rss='], { encoding: 'utf8', maxBuffer: 1 << 24 })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));

const statusField = (pid: number | string, field: string): number | undefined => {
  try {
    const found = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
};

const onLinux = (): boolean => statusField('self', 'Pid') !== undefined;

export const systemProcesses: ProcessTable = {
  commandOf: (pid) => findProcess(pid)?.command,
  childrenOf(pid) {
    if (!onLinux()) return listByPs().flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.filter((child) => statusField(child, 'PPid') === pid).map(Number);
  },
  memoryOf(pids) {
    const rows = onLinux()
      ? pids.map((pid) => [pid, statusField(pid, 'VmRSS')] as const)
      : listByPs().map(([pid = 0, , kib]) => [pid, kib] as const);
    return new Map(
      rows.flatMap(([pid, kib]) =>
        kib !== undefined && pids.includes(pid) ? [[pid, kib * 1024] as const] : [],
      ),
    );
  },
  signal: sendSignal,
};
