import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import type { ProcessTable } from '@tripod/shared/os/process-table';

/** A process that a stack started, with what identifies it after a restart of the stack. */
export type StartedProcess = {
  readonly name: string;
  readonly pid: number;
  /** When it started, as the process table tells it: a process id alone may have been given to another program. */
  readonly start: string;
  readonly port: number | undefined;
  /** Texts in its command line. */
  readonly marks: readonly string[];
};

/** Whether that process still runs: same id, same start, and all marks in its command line. */
export const isStillRunning = (
  { pid, start, marks }: StartedProcess,
  table: Pick<ProcessTable, 'commandOf' | 'startOf'>,
): boolean => {
  const command = table.commandOf(pid);
  if (command === undefined || marks.length === 0) return false;
  return marks.every((mark) => command.includes(mark)) && table.startOf(pid) === start;
};

export type EndLeftoversOptions = {
  readonly table: ProcessTable;
  readonly clock: Clock;
  /** Time between SIGTERM and SIGKILL. Default 3 s. */
  readonly graceMs?: number;
};

const pollMs = 50;

/**
 * Ends the processes that a killed supervisor left running. Services end by themselves when their supervisor dies, but
 * one that hangs would keep its port. A process id that another program has been given since is left alone. Returns the
 * processes that were found.
 */
export const endLeftovers = async (
  processes: readonly StartedProcess[],
  { table, clock, graceMs = 3000 }: EndLeftoversOptions,
): Promise<readonly StartedProcess[]> => {
  const isRunning = (process: StartedProcess): boolean => isStillRunning(process, table);
  const found = processes.filter(isRunning);
  if (found.length === 0) return [];
  for (const { pid } of found) table.signal(pid, 'SIGTERM');
  const deadlineMs = clock.monotonicMs() + graceMs;
  while (found.some(isRunning) && clock.monotonicMs() < deadlineMs) await pause(clock, pollMs);
  for (const { pid } of found.filter(isRunning)) table.signal(pid, 'SIGKILL');
  while (found.some(isRunning) && clock.monotonicMs() < deadlineMs + graceMs) await pause(clock, pollMs);
  return found;
};
