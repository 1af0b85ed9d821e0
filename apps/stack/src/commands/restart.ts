import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition } from '../command/command-definition.ts';
import { findTarget, nameIn, processesOf } from '../command/find-target.ts';

/** `stack restart NAME`: replaces a process, or the copies of a service one by one. */
export const restart: CommandDefinition = {
  name: 'restart',
  argument: '<name>',
  description: () => 'Restart a process, or by the name of a service its copies one by one',
  example: ['restart api', 'restart the copies one by one under load'],
  run: (client, { argument: name }) => client.ask({ command: 'restart', name }),
  serve: {
    queued: true,
    answer: async ({ stack, report }, request) => {
      const target = findTarget(stack, nameIn(request));
      const { group, process } = target;
      if (process) return group.restart(process, report);
      if (processesOf(target).every(({ state }) => state === 'stopped')) {
        throw new StartError(
          `No copy of ${group.name} is running; start them with: pnpm stack start ${group.name}`,
        );
      }
      return group.restartAll(report);
    },
  },
};
