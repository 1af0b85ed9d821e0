import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';

export type RunningProcess = { readonly pid: number; readonly uid: number; readonly command: string };

/** A zombie has an empty command line, so it counts as gone, which it is for every purpose here. */
const findOnLinux = (pid: number): RunningProcess | undefined => {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (command.trim() === '') return undefined;
    return { pid, uid: statSync(`/proc/${pid}`).uid, command };
  } catch {
    return undefined;
  }
};

const listByPs = (): RunningProcess[] =>
  execFileSync('ps', ['-axww', '-o', 'pid=,uid=,command='], { encoding: 'utf8', maxBuffer: 1 << 24 })
    .split('\n')
    .flatMap((line) => {
      const [, pid, uid, command] = /^\s*(\d+)\s+(-?\d+)\s(.*)$/.exec(line) ?? [];
      return command === undefined ? [] : [{ pid: Number(pid), uid: Number(uid), command: `${command} ` }];
    });

/** Every process with its command line, arguments parted by single spaces. */
export const listProcesses = (): RunningProcess[] => {
  if (process.platform !== 'linux') return listByPs();
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => findOnLinux(Number(name)) ?? []);
};

export const findProcess = (pid: number): RunningProcess | undefined =>
  process.platform === 'linux' ? findOnLinux(pid) : listByPs().find((found) => found.pid === pid);

/** Sends a signal to a process that may have gone meanwhile. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): void => {
  // 0 and below would mean whole groups, this process among them.
  if (pid <= 0) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
