import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition, CommandServer } from '../command/command-definition.ts';
import { findTarget, nameIn } from '../command/find-target.ts';
import type { SupervisedProcess } from '../supervisor/supervised-process.ts';

const maxRestartMs = 15_000;
const pollMs = 50;

/** Kills a process and waits until the stack has started it again. */
const killAndWait = async (
  process: SupervisedProcess,
  { dependencies: { clock }, report }: CommandServer,
): Promise<void> => {
  const { name, pid } = process;
  if (pid === undefined) throw new StartError(`${name} is not running.`);
  const killedMs = clock.monotonicMs();
  const elapsedMs = (): number => Math.round(clock.monotonicMs() - killedMs);
  process.kill();
  report(`${name}: process ${pid} killed; the stack starts it again`);
  while (process.pid === pid || process.state !== 'ready') {
    if (process.state === 'failed' || elapsedMs() > maxRestartMs) {
      throw new StartError(`${name} has not come back; its reason: pnpm stack logs ${name}`);
    }
    await pause(clock, pollMs);
  }
  report(`${name}: ready again after ${elapsedMs()} ms, as process ${process.pid}`);
};

/** `stack kill NAME`: SIGKILL for one process, to watch the others take over. */
export const kill: CommandDefinition = {
  name: 'kill',
  argument: '<name>',
  description: () => 'Kill a process by SIGKILL; the stack starts it again',
  example: ['kill api-2', 'kill -9, and watch the proxy and the stack recover'],
  run: (client, { argument: name }) => client.ask({ command: 'kill', name }),
  serve: {
    answer: async (server, request) => {
      const { group, process } = findTarget(server.stack, nameIn(request));
      if (process) return killAndWait(process, server);
      const example = group.processes[0] ?? server.stack.supervisor.processes[0];
      throw new StartError(
        `Only one process can be killed at a time; name it, such as: pnpm stack kill ${example?.name}`,
      );
    },
  },
};
