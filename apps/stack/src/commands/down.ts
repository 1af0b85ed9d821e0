import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition } from '../command/command-definition.ts';

const pollMs = 100;
const maxWaitMs = 20_000;

/** `stack down`: stops the running stack and waits until its process has ended. */
export const down: CommandDefinition = {
  name: 'down',
  description: () => 'Stop the running stack and wait until it has ended',
  example: ['down', 'stop everything'],
  run: async ({ ask, print, table, wait }) => {
    const { pid } = (await ask({ command: 'down' })) as { readonly pid: number };
    print(`process ${pid}: stopping`);
    for (let waitedMs = 0; waitedMs < maxWaitMs; waitedMs += pollMs) {
      if (table.commandOf(pid) === undefined) {
        print('stopped');
        return;
      }
      await wait(pollMs);
    }
    throw new StartError(
      `Process ${pid} is still stopping after ${maxWaitMs / 1000} s; to end it at once: kill -9 ${pid}`,
    );
  },
  serve: {
    always: true,
    answer: async ({ stack, dependencies, stopStack }) => {
      if (!stack.stopping) stopStack();
      return { pid: dependencies.pid };
    },
  },
};
