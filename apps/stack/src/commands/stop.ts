import type { CommandDefinition } from '../command/command-definition.ts';
import { findTarget, nameIn, processesOf } from '../command/find-target.ts';

/** `stack stop NAME`: stops a process, or all copies of a service, until it is started again. */
export const stop: CommandDefinition = {
  name: 'stop',
  argument: '<name>',
  description: () => 'Stop a process, or all copies of a service; it stays down until it is started',
  example: ['stop api-2', 'stop one copy, and start it again: pnpm stack start api-2'],
  run: (client, { argument: name }) => client.ask({ command: 'stop', name }),
  serve: {
    queued: true,
    answer: async ({ stack, report }, request) => {
      const target = findTarget(stack, nameIn(request));
      for (const process of processesOf(target)) {
        if (process.state === 'stopped') {
          report(`${process.name}: is already stopped`);
          continue;
        }
        await target.group.takeOut(process, report);
        report(`${process.name} stays down until: pnpm stack start ${process.name}`);
      }
    },
  },
};
