import { StartError } from '@tripod/shared/process/start-error';
import { findStackState } from './control/state-file.ts';
import { locateState } from './control/state-folder.ts';
import { stateDirSetting, type UpConfig } from './settings.ts';
import type { StackDependencies } from './stack-dependencies.ts';

/** The state folder that is this checkout's by default, when a stack of it runs something on that port. */
const findOwner = (port: number, { checkout, userId, table }: StackDependencies): string | undefined => {
  const { stateDir, stateFile } = locateState(stateDirSetting(checkout).default, userId);
  const owner = findStackState(stateFile)?.processes.find((process) => process.port === port);
  const command = owner && table.commandOf(owner.pid);
  return command && owner.marks.every((mark) => command.includes(mark)) ? stateDir : undefined;
};

/** Throws a StartError that names the port and its flag when one that the stack wants is taken. */
export const checkPorts = async (config: UpConfig, dependencies: StackDependencies): Promise<void> => {
  const wanted: readonly (readonly [flag: string, port: number])[] = [
    ['--port', config.port],
    ['--static-port', config.staticPort],
    ...(config.proxy === 'nginx' ? [] : [['--admin-port', config.adminPort] as const]),
  ];
  for (const [flag, port] of wanted) {
    if (await dependencies.isPortFree(port)) continue;
    const owner = findOwner(port, dependencies);
    throw new StartError(
      owner === undefined
        ? `Port ${port} is already in use; end what uses it, or choose another one with ${flag}.`
        : `Port ${port} is already in use, by the Tripod of ${owner}; stop it with: pnpm stack down, or choose another one with ${flag}.`,
    );
  }
};
