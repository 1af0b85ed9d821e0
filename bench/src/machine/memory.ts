import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { listProcessTree, systemProcesses } from '@tripod/shared/os/process-table';

const bytesPerMb = 1024 * 1024;
const kilobytesPerMb = 1024;

/** Reads the peak memory from /proc/PID/status, in kilobytes; 0 for a process without memory of its own. */
export const parsePeakKilobytes = (status: string): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);

const readPeakKilobytes = (pid: number): number => {
  try {
    return parsePeakKilobytes(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // The process has ended meanwhile.
    return 0;
  }
};

const hasProc = (): boolean => existsSync('/proc/self/status');

/** Resident memory of these process trees, in MiB. Undefined on a system without /proc. */
export const readResidentMb = (rootPids: readonly number[]): number | undefined => {
  if (!hasProc()) return undefined;
  const bytes = [...systemProcesses.memoryOf(listProcessTree(rootPids)).values()];
  return bytes.reduce((sum, one) => sum + one, 0) / bytesPerMb;
};

/** Peak resident memory of these process trees since `resetPeak`, in MiB. Undefined on a system without /proc. */
export const readPeakMb = (rootPids: readonly number[]): number | undefined =>
  hasProc()
    ? listProcessTree(rootPids).reduce((sum, pid) => sum + readPeakKilobytes(pid), 0) / kilobytesPerMb
    : undefined;

/** Sets the peak of these process trees to their current memory (proc(5): 5 in /proc/PID/clear_refs). */
export const resetPeak = (rootPids: readonly number[]): void => {
  for (const pid of listProcessTree(rootPids)) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Not permitted, or ended: the peak then counts from the start of the process.
    }
  }
};
