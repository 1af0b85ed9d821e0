import { StartError } from '@tripod/shared/errors/start-error';
import type { ControlRequest } from '@tripod/stack-client/protocol';
import type { Stack } from '../stack/stack.ts';
import type { ProcessGroup } from '../supervisor/process-group.ts';
import type { SupervisedProcess } from '../supervisor/supervised-process.ts';

/** What a name stands for: one process, or all copies of a service. */
export type Target = { readonly group: ProcessGroup; readonly process: SupervisedProcess | undefined };

/** The name in a request. Throws a StartError when there is none. */
export const nameIn = ({ command, name }: ControlRequest): string => {
  if (typeof name === 'string') return name;
  throw new StartError(`The command ${command} needs the name of a process or service.`);
};

/** Finds a process, or a service with copies, by its name. Throws a StartError that lists the names there are. */
export const findTarget = ({ supervisor, joined, absent }: Stack, name: string): Target => {
  const found = supervisor.findProcess(name);
  if (found) return found;
  const group = supervisor.findGroup(name);
  if (group) return { group, process: undefined };
  const names = supervisor.processes.map((process) => process.name).join(', ');
  const service = joined.get(name);
  if (service) {
    throw new StartError(`${service.whyFixed}, so this command cannot change it; it can change ${names}.`);
  }
  if (absent.includes(name)) {
    throw new StartError(
      `This stack does not start ${name}, so this command cannot change it; it can change ${names}.`,
    );
  }
  throw new StartError(`There is no process ${name}; there are ${names}.`);
};

/** Finds one process by its name. Throws a StartError, also when the name stands for a service with copies. */
export const findOneProcess = (stack: Stack, { command, ...request }: ControlRequest): SupervisedProcess => {
  const name = nameIn({ command, ...request });
  const { group, process } = findTarget(stack, name);
  if (process) return process;
  const example = group.processes[0] ?? stack.supervisor.processes[0];
  throw new StartError(
    `The command ${command} changes one process at a time; name it, such as: pnpm stack ${command} ${example?.name}`,
  );
};

/** The processes of a target. Throws a StartError when it is a service without copies. */
export const processesOf = ({ group, process }: Target): readonly SupervisedProcess[] => {
  if (process) return [process];
  if (group.processes.length > 0) return group.processes;
  throw new StartError(
    `There are no copies of ${group.name}; start some with: pnpm stack scale ${group.name}=3`,
  );
};
