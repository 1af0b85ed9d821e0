import { readFileSync, writeFileSync } from 'node:fs';
import { readTree } from './process-tree.ts';

const kilobytesPerMb = 1024;

/** Reads one line of /proc/PID/status, in kilobytes; 0 when the process has no memory of its own. */
export const parseStatus = (status: string, field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);

const sumField = (rootPids: readonly number[], field: 'VmRSS' | 'VmHWM'): number | undefined => {
  const tree = readTree(rootPids);
  const sum = tree?.reduce((total, { pid }) => {
    try {
      return total + parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'), field);
    } catch {
      // It ended while we were looking.
      return total;
    }
  }, 0);
  return sum === undefined ? undefined : sum / kilobytesPerMb;
};

/** Memory that these process trees hold now. Undefined where there is no /proc. */
export const readResidentMb = (rootPids: readonly number[]): number | undefined =>
  sumField(rootPids, 'VmRSS');

/** The most that they held since `forgetPeak`. */
export const readPeakMb = (rootPids: readonly number[]): number | undefined => sumField(rootPids, 'VmHWM');

/** Starts the peak anew from what they hold now (proc(5): 5 in /proc/PID/clear_refs). */
export const forgetPeak = (rootPids: readonly number[]): void => {
  for (const { pid } of readTree(rootPids) ?? []) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // Not ours to reset, or ended: its peak then counts from its start.
    }
  }
};
