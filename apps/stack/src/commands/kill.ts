import { pause } from '@tripod/shared/async/pause';
import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandDefinition, CommandServer } from '../command/command-definition.ts';
import { findOneProcess, nameIn } from '../command/find-target.ts';
import type { JoinedService } from '../supervisor/joined-service.ts';
import type { SupervisedProcess } from '../supervisor/supervised-process.ts';

const maxRestartMs = 15_000;
/** The recovery of a database takes longer than a start. */
const maxGuardedRestartMs = 60_000;
const pollMs = 50;

/** Polls until a killed process is back and reports how long that took. `findPid` throws when it will not come back. */
const waitForRestart = async (
  { dependencies: { clock }, report }: CommandServer,
  name: string,
  maxWaitMs: number,
  findPid: () => number | undefined | Promise<number | undefined>,
): Promise<void> => {
  const killedMs = clock.monotonicMs();
  const elapsedMs = (): number => Math.round(clock.monotonicMs() - killedMs);
  for (let pid = await findPid(); ; pid = await findPid()) {
    if (pid !== undefined) {
      report(`${name}: ready again after ${elapsedMs()} ms, as process ${pid}`);
      return;
    }
    if (elapsedMs() > maxWaitMs) {
      throw new StartError(`${name} has not come back; its reason: pnpm stack logs ${name}`);
    }
    await pause(clock, pollMs);
  }
};

/** Kills a process and waits until the stack has started it again. */
const killProcess = async (process: SupervisedProcess, server: CommandServer): Promise<void> => {
  const { name, pid } = process;
  if (pid === undefined) throw new StartError(`${name} is not running.`);
  process.kill();
  server.report(`${name}: process ${pid} killed; the stack starts it again`);
  await waitForRestart(server, name, maxRestartMs, () => {
    if (process.state === 'failed') {
      throw new StartError(`${name} has not come back; its reason: pnpm stack logs ${name}`);
    }
    return process.pid === pid || process.state !== 'ready' ? undefined : process.pid;
  });
};

/** Kills a service that has a guard of its own and waits until the guard has started it again. */
const killJoined = async (
  name: string,
  { kill: killService, status }: JoinedService,
  server: CommandServer,
): Promise<void> => {
  const findPid = async (): Promise<number | undefined> => (await status?.())?.pid;
  const pid = await findPid();
  await killService?.();
  server.stack.readings.record('killed', name, `process ${pid}`);
  server.report(`${name}: process ${pid} killed; its guard starts it again`);
  await waitForRestart(server, name, maxGuardedRestartMs, async () => {
    const found = await findPid();
    return found === pid ? undefined : found;
  });
  server.stack.readings.record('ready', name);
};

/** `stack kill NAME`: SIGKILL for one process, to watch the others take over. */
export const kill: CommandDefinition = {
  name: 'kill',
  argument: '<name>',
  description: () => 'Kill a process by SIGKILL, also the embedded Postgres; it is started again',
  example: ['kill api-2', 'kill -9, and watch the proxy and the stack recover'],
  run: (client, { argument: name }) => client.ask({ command: 'kill', name }),
  serve: {
    answer: (server, request) => {
      const name = nameIn(request);
      const joined = server.stack.joined.get(name);
      return joined?.kill
        ? killJoined(name, joined, server)
        : killProcess(findOneProcess(server.stack, request), server);
    },
  },
};
