import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition } from '../command/command-definition.ts';
import { findOneProcess } from '../command/find-target.ts';

/** `stack resume NAME`: SIGCONT for a process that was paused. */
export const resume: CommandDefinition = {
  name: 'resume',
  argument: '<name>',
  description: () => 'Let a paused process go on, by SIGCONT',
  example: ['resume api-2', 'the paused copy answers what has waited, and all that follows'],
  run: (client, { argument: name }) => client.ask({ command: 'resume', name }),
  serve: {
    answer: async ({ stack, report }, request) => {
      const { name, faults } = findOneProcess(stack, request);
      if ((await faults.heal('pause')).length === 0) throw new StartError(`${name} is not paused.`);
      report(`${name}: goes on`);
    },
  },
};
