import type { Clock } from '@tripod/shared/async/clock';
import { pause } from '@tripod/shared/async/pause';
import { createSerialQueue } from '@tripod/shared/async/serial-queue';
import { StartError } from '@tripod/shared/errors/start-error';
import type { HandleControl } from './control/control-server.ts';
import type { Say } from './copies/api-copies.ts';
import { reportStack } from './report-stack.ts';
import type { Stack } from './stack.ts';
import type { StackDependencies } from './stack-dependencies.ts';
import type { SupervisedProcess } from './supervisor/supervised-process.ts';

export type OperationsOptions = {
  readonly stack: Stack;
  readonly dependencies: StackDependencies;
  readonly onDown: () => void;
};

const allCopies = 'api';

const renew = async (stack: Stack, process: SupervisedProcess, say: Say): Promise<void> => {
  if (stack.copies.all.includes(process)) {
    await stack.copies.renew(process, say);
    return;
  }
  say(`${process.name}: stopping; requests are refused until it is back`);
  await process.stop();
  await process.start();
  say(`${process.name}: ready`);
};

const stop = async (stack: Stack, process: SupervisedProcess, say: Say): Promise<void> => {
  if (process.state === 'stopped') {
    say(`${process.name}: is stopped already`);
    return;
  }
  if (stack.copies.all.includes(process)) await stack.copies.takeOut(process, say);
  else {
    await process.stop();
    say(`${process.name}: stopped`);
  }
  say(`${process.name} stays down until: pnpm stack start ${process.name}`);
};

const start = async (stack: Stack, process: SupervisedProcess, say: Say): Promise<void> => {
  if (process.state === 'ready') {
    say(`${process.name}: runs already`);
  } else if (stack.copies.all.includes(process)) {
    await stack.copies.bringIn(process, say);
  } else {
    await process.start();
    say(`${process.name}: ready`);
  }
};

const maxRevivalMs = 15_000;
const pollMs = 50;

const kill = async (process: SupervisedProcess, clock: Clock, say: Say): Promise<void> => {
  const { name, pid } = process;
  if (pid === undefined) throw new StartError(`${name} does not run.`);
  const killedMs = clock.monotonicMs();
  const passedMs = (): number => Math.round(clock.monotonicMs() - killedMs);
  process.kill();
  say(`${name}: process ${pid} killed; the stack starts it again`);
  while (process.pid === pid || process.state !== 'ready') {
    if (process.state === 'failed' || passedMs() > maxRevivalMs) {
      throw new StartError(`${name} has not come back; its reason: pnpm stack logs ${name}`);
    }
    await pause(clock, pollMs);
  }
  say(`${name}: ready again after ${passedMs()} ms, as process ${process.pid}`);
};

/** What the commands of a person do to the running stack. Those that change it wait for each other. */
export const createOperations = ({ stack, dependencies, onDown }: OperationsOptions): HandleControl => {
  const inTurn = createSerialQueue();
  const find = (name: string): SupervisedProcess => {
    const found = stack.processes.find((process) => process.name === name);
    if (found) return found;
    const names = stack.processes.map((process) => process.name).join(', ');
    if (name === 'postgres') {
      const why =
        stack.config.databaseUrl === undefined
          ? 'postgres belongs to its guard, which runs it as long as anyone uses it'
          : 'The database is the one of DATABASE_URL';
      throw new StartError(`${why}, and is not changed from here; what is: ${names}.`);
    }
    throw new StartError(`There is no ${name} here; there are ${names}.`);
  };
  const requireCopies = (): void => {
    if (stack.copies.all.length > 0) return;
    throw new StartError('There is no copy; start some with: pnpm stack scale api=3');
  };
  const onAll = async (change: (process: SupervisedProcess) => Promise<void>): Promise<void> => {
    requireCopies();
    for (const copy of stack.copies.all) await change(copy);
  };
  const renewAll = async (say: Say): Promise<void> => {
    requireCopies();
    if (stack.copies.all.every(({ state }) => state === 'stopped')) {
      throw new StartError('No copy runs; start them with: pnpm stack start api');
    }
    await stack.copies.renewAll(say);
  };

  return async (request, say) => {
    if (stack.stopping && request.command !== 'ps') throw new StartError('The stack is stopping.');
    if (!stack.started && request.command !== 'ps' && request.command !== 'down') {
      throw new StartError('The stack is still starting; try again in a moment.');
    }
    switch (request.command) {
      case 'ps':
        return reportStack(stack, dependencies);
      case 'down':
        onDown();
        return { pid: dependencies.pid };
      case 'scale':
        return inTurn(() => stack.copies.scale(request.count, say));
      case 'kill':
        if (request.name === allCopies) {
          const one = stack.copies.all[0]?.name ?? 'proxy';
          throw new StartError(
            `Only one process is killed at a time; name it, such as: pnpm stack kill ${one}`,
          );
        }
        return kill(find(request.name), dependencies.clock, say);
      case 'restart':
        if (request.name === allCopies) return inTurn(() => renewAll(say));
        return inTurn(() => renew(stack, find(request.name), say));
      case 'stop':
        if (request.name === allCopies) return inTurn(() => onAll((copy) => stop(stack, copy, say)));
        return inTurn(() => stop(stack, find(request.name), say));
      case 'start':
        if (request.name === allCopies) return inTurn(() => onAll((copy) => start(stack, copy, say)));
        return inTurn(() => start(stack, find(request.name), say));
    }
  };
};
