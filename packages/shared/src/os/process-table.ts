import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** One running process. `command` is its command line, arguments separated by single spaces. */
export type RunningProcess = { readonly pid: number; readonly uid: number; readonly command: string };

export type StopSignal = 'SIGTERM' | 'SIGKILL' | 'SIGQUIT' | 'SIGHUP';

/** The machine's processes, passed as an argument so that tests can replace them. */
export type ProcessTable = {
  /** The command line of that process; undefined when there is no such process. */
  commandOf(pid: number): string | undefined;
  /** When that process started, in a notation of the system; undefined when there is no such process. */
  startOf(pid: number): string | undefined;
  /** The running child processes of that process. */
  childrenOf(pid: number): readonly number[];
  /** Resident memory in bytes of each of these processes that is running. */
  memoryOf(pids: readonly number[]): ReadonlyMap<number, number>;
  /** Sends a signal. A process that has already ended is not an error. */
  signal(pid: number, signal: StopSignal): void;
};

const onLinux = process.platform === 'linux';

const ps = (columns: string): readonly string[] =>
  execFileSync('ps', ['-axww', '-o', columns], { encoding: 'utf8', maxBuffer: 1 << 24 }).split('\n');

const listByPs = (): readonly RunningProcess[] =>
  ps('pid=,uid=,command=').flatMap((line) => {
    const [, pid, uid, command] = /^\s*(\d+)\s+(-?\d+)\s(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), uid: Number(uid), command: `${command} ` }];
  });

/** pid, parent pid and resident KiB of every process. */
const listFamiliesByPs = (): readonly (readonly number[])[] =>
  ps('pid=,ppid=,rss=').map((line) => line.trim().split(/\s+/).map(Number));

const listPids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** A zombie has an empty command line. It has ended, so it counts as not running. */
const findOnLinux = (pid: number): RunningProcess | undefined => {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (command.trim() === '') return undefined;
    return { pid, uid: statSync(`/proc/${pid}`).uid, command };
  } catch {
    return undefined;
  }
};

const statusField = (pid: number, field: string): number | undefined => {
  try {
    const found = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
};

/** Process id and parent process id of every process. */
const listParents = (): readonly (readonly [pid: number, parentPid: number])[] =>
  onLinux
    ? listPids().flatMap((pid) => {
        const parentPid = statusField(pid, 'PPid');
        return parentPid === undefined ? [] : [[pid, parentPid] as const];
      })
    : listFamiliesByPs().map(([pid = 0, parentPid = 0]) => [pid, parentPid] as const);

/** The ids of those of these processes that run, and of all their descendants, each once. */
export const listProcessTree = (rootPids: readonly number[]): readonly number[] => {
  const parents = listParents();
  const tree = new Set(parents.map(([pid]) => pid).filter((pid) => rootPids.includes(pid)));
  for (let size = -1; size < tree.size; ) {
    size = tree.size;
    for (const [pid, parentPid] of parents) if (tree.has(parentPid)) tree.add(pid);
  }
  return [...tree];
};

/** Every running process. */
export const listProcesses = (): readonly RunningProcess[] =>
  onLinux ? listPids().flatMap((pid) => findOnLinux(pid) ?? []) : listByPs();

/** The process with that pid, or undefined when it does not run. */
export const findProcess = (pid: number): RunningProcess | undefined =>
  onLinux ? findOnLinux(pid) : listByPs().find((found) => found.pid === pid);

/** The parent of a running process, by /proc; undefined on other systems than Linux. */
export const findParentPid = (pid: number): number | undefined =>
  onLinux ? statusField(pid, 'PPid') : undefined;

/** A process id is given again after some time; together with its start it names one process. */
const startOnLinux = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses, field 2, may hold anything; the start is field 22 of proc_pid_stat(5), in ticks since
    // boot.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

const startByPs = (pid: number): string | undefined =>
  ps('pid=,lstart=')
    .find((line) => Number.parseInt(line, 10) === pid)
    ?.trim()
    .replace(/^\d+\s+/, '');

/** Sends a signal to one process. A process that has already ended is not an error. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  // kill(2): 0 and negative numbers address whole process groups, this process included.
  if (pid <= 0) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

export const systemProcesses: ProcessTable = {
  commandOf: (pid) => findProcess(pid)?.command,
  startOf: onLinux ? startOnLinux : startByPs,
  childrenOf: (pid) => listParents().flatMap(([child, parentPid]) => (parentPid === pid ? [child] : [])),
  memoryOf(pids) {
    const rows = onLinux
      ? pids.map((pid) => [pid, statusField(pid, 'VmRSS')] as const)
      : listFamiliesByPs().map(([pid = 0, , kib]) => [pid, kib] as const);
    return new Map(
      rows.flatMap(([pid, kib]) =>
        kib !== undefined && pids.includes(pid) ? [[pid, kib * 1024] as const] : [],
      ),
    );
  },
  signal: sendSignal,
};
