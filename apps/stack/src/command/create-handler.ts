import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { StartError } from '@tripod/shared/errors/start-error';
import type { HandleControl } from '../control/control-server.ts';
import type { Stack } from '../stack/stack.ts';
import type { StackDependencies } from '../stack/stack-dependencies.ts';
import type { CommandDefinition } from './command-definition.ts';

export type HandlerOptions = {
  readonly commands: readonly CommandDefinition[];
  readonly stack: Stack;
  readonly dependencies: StackDependencies;
  readonly stopStack: () => void;
};

/** Answers the requests of commands by their server sides. */
export const createHandler = (options: HandlerOptions): HandleControl => {
  const { commands, stack, dependencies, stopStack } = options;
  const inTurn = createSerialQueue();
  return async (request, client) => {
    const serve = commands.find(({ name }) => name === request.command)?.serve;
    if (!serve) {
      throw new StartError(
        `This stack has no command ${request.command}; it may be of another version: stop it with Ctrl-C.`,
      );
    }
    if (!serve.always && stack.stopping) throw new StartError('The stack is stopping.');
    if (!serve.always && !stack.started) {
      throw new StartError('The stack is still starting; try again in a moment.');
    }
    const answer = (): Promise<unknown> =>
      serve.answer({ stack, dependencies, stopStack, ...client }, request);
    return serve.queued ? inTurn(answer) : answer();
  };
};
