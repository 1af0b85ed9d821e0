import { StartError } from '@tripod/shared/errors/start-error';
import { ask, type CommandContext } from './command-context.ts';

const pollMs = 100;
const maxWaitMs = 20_000;

/** `stack down`: stops the running stack and waits until its process is gone. */
export const runDown = async (context: CommandContext): Promise<void> => {
  const { pid } = (await ask(context, { command: 'down' })) as { readonly pid: number };
  context.print(`process ${pid}: stopping`);
  for (let waitedMs = 0; waitedMs < maxWaitMs; waitedMs += pollMs) {
    if (context.table.commandOf(pid) === undefined) {
      context.print('stopped');
      return;
    }
    await context.wait(pollMs);
  }
  throw new StartError(
    `Process ${pid} is still stopping after ${maxWaitMs / 1000} s; to end it at once: kill -9 ${pid}`,
  );
};
