import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import type { ProcessTable } from '@tripod/shared/os/process-table';

/** A process that a stack started, and texts in its command line that identify it after a restart of the stack. */
export type StartedProcess = {
  readonly name: string;
  readonly pid: number;
  readonly port: number | undefined;
  readonly marks: readonly string[];
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
  const isRunning = ({ pid, marks }: StartedProcess): boolean => {
    const command = table.commandOf(pid);
    return command !== undefined && marks.every((mark) => command.includes(mark));
  };
  const found = processes.filter(isRunning);
  if (found.length === 0) return [];
  for (const { pid } of found) table.signal(pid, 'SIGTERM');
  const deadlineMs = clock.monotonicMs() + graceMs;
  while (found.some(isRunning) && clock.monotonicMs() < deadlineMs) await pause(clock, pollMs);
  for (const { pid } of found.filter(isRunning)) table.signal(pid, 'SIGKILL');
  while (found.some(isRunning) && clock.monotonicMs() < deadlineMs + graceMs) await pause(clock, pollMs);
  return found;
};
