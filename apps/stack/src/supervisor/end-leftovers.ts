import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { StartedProcess } from '../control/state-file.ts';

const pollMs = 50;

/**
 * Ends what a killed supervisor left: its services end by themselves when their channel closes, but one that hangs
 * would hold its port. Waits `graceMs` (default 3 s), then kills. A number that another program has now is left alone.
 */
export const endLeftovers = async (
  processes: readonly StartedProcess[],
  {
    table,
    clock,
    graceMs = 3000,
  }: { readonly table: ProcessTable; readonly clock: Clock; readonly graceMs?: number },
): Promise<readonly StartedProcess[]> => {
  const isLeft = ({ pid, marks }: StartedProcess): boolean => {
    const command = table.commandOf(pid);
    return command !== undefined && marks.every((mark) => command.includes(mark));
  };
  const found = processes.filter(isLeft);
  if (found.length === 0) return [];
  for (const { pid } of found) table.signal(pid, 'SIGTERM');
  const deadlineMs = clock.monotonicMs() + graceMs;
  while (found.some(isLeft) && clock.monotonicMs() < deadlineMs) await pause(clock, pollMs);
  for (const left of found.filter(isLeft)) table.signal(left.pid, 'SIGKILL');
  while (found.some(isLeft) && clock.monotonicMs() < deadlineMs + graceMs) await pause(clock, pollMs);
  return found;
};
