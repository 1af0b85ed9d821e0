import type { CommandDefinition } from '../command/command-definition.ts';
import { findTarget, nameIn, processesOf } from '../command/find-target.ts';

/** `stack start NAME`: starts a process that was stopped or has failed. */
export const start: CommandDefinition = {
  name: 'start',
  argument: '<name>',
  description: () => 'Start a process that was stopped or keeps dying, or all copies of a service',
  example: ['start api-2', 'start a copy that was stopped or keeps dying'],
  run: (client, { argument: name }) => client.ask({ command: 'start', name }),
  serve: {
    queued: true,
    answer: async ({ stack, report }, request) => {
      const target = findTarget(stack, nameIn(request));
      for (const process of processesOf(target)) {
        if (process.state === 'ready') report(`${process.name}: is already running`);
        else await target.group.bringIn(process, report);
      }
    },
  },
};
