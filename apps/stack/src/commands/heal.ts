import type { CommandDefinition } from '../command/command-definition.ts';
import { findTarget, nameIn, processesOf } from '../command/find-target.ts';

/** `stack heal [NAME]`: undoes every fault of a process, of the copies of a service, or of all processes. */
export const heal: CommandDefinition = {
  name: 'heal',
  argument: '[name]',
  description: () => 'Undo all faults of a process, of the copies of a service, or of all processes',
  example: ['heal', 'everything as it was; a name heals one process or service'],
  run: (client, { argument: name }) => client.ask({ command: 'heal', name }),
  serve: {
    answer: async ({ stack, report }, request) => {
      const name = nameIn(request);
      const processes = name === '' ? stack.supervisor.processes : processesOf(findTarget(stack, name));
      let healedCount = 0;
      for (const process of processes) {
        const healed = await process.faults.heal();
        healedCount += healed.length;
        if (healed.length > 0) report(`${process.name}: healed (${healed.join('; ')})`);
      }
      if (healedCount === 0) report(name === '' ? 'no fault is armed' : `${name}: no fault is armed`);
    },
  },
};
