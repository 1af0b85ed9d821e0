import type { ProcessTable } from '@tripod/shared/os/process-table';
import type { Command } from '../supervisor/command.ts';
import type { StartedProcess } from '../supervisor/end-leftovers.ts';
import type { SupervisedProcess } from '../supervisor/supervised-process.ts';

/** Texts in a command line by which the process is identified later. */
const marksOf = (command: Command): readonly string[] =>
  command.type === 'binary' && command.marks ? command.marks : [command.file, command.args.join(' ')];

/** Describes those processes that run, so that the next start of the stack can find them. */
export const recordProcesses = (
  processes: readonly SupervisedProcess[],
  table: Pick<ProcessTable, 'startOf'>,
): readonly StartedProcess[] =>
  processes.flatMap(({ name, pid, spec: { port }, command }) => {
    const start = pid === undefined ? undefined : table.startOf(pid);
    if (pid === undefined || start === undefined || !command) return [];
    return [{ name, pid, start, port, marks: marksOf(command) }];
  });
