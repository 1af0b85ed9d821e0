import { ConfigError } from '@tripod/shared/config/config-error';
import { StartError } from '@tripod/shared/errors/start-error';
import { findStackState } from './control/state-file.ts';
import { locateState } from './control/state-folder.ts';
import { firstApiPort, stateDirSetting, type UpConfig } from './settings.ts';
import type { StackDependencies } from './stack-dependencies.ts';

/** The state folder that is this checkout's by default, when a stack of it runs something on that port. */
const findOwner = (port: number, { checkout, userId, table }: StackDependencies): string | undefined => {
  const { stateDir, stateFile } = locateState(stateDirSetting(checkout).default, userId);
  const owner = findStackState(stateFile)?.processes.find((process) => process.port === port);
  const command = owner && table.commandOf(owner.pid);
  return command && owner.marks.every((mark) => command.includes(mark)) ? stateDir : undefined;
};

type WantedPort = readonly [flag: string, port: number];

const wantedPorts = (config: UpConfig): readonly WantedPort[] => [
  ['--port', config.port],
  ['--static-port', config.staticPort],
  ...(config.proxy === 'nginx' ? [] : [['--admin-port', config.adminPort] as const]),
];

/** Throws a ConfigError that names two flags when they say the same port. */
export const checkPortsDiffer = (config: UpConfig): void => {
  // Copies step aside for the others; but who names a port for the first one wants it there.
  const named: readonly WantedPort[] =
    config.apiPort === firstApiPort ? [] : [['--api-port', config.apiPort]];
  const flags = new Map<number, string>();
  for (const [flag, port] of [...wantedPorts(config), ...named]) {
    const other = flags.get(port);
    if (other !== undefined) {
      throw new ConfigError([{ source: `${other} and ${flag}`, problem: `are both ${port}.` }]);
    }
    flags.set(port, flag);
  }
};

/**
 * Throws a StartError that names the port and its flag when one that the stack wants is taken, and a ListenError when
 * the proxy could not listen on its address.
 */
export const checkPorts = async (config: UpConfig, dependencies: StackDependencies): Promise<void> => {
  for (const [flag, port] of wantedPorts(config)) {
    if (await dependencies.isPortFree(port)) continue;
    const owner = findOwner(port, dependencies);
    throw new StartError(
      owner === undefined
        ? `Port ${port} is already in use; end what uses it, or choose another one with ${flag}.`
        : `Port ${port} is already in use, by the Tripod of ${owner}; stop it with: pnpm stack down, or choose another one with ${flag}.`,
    );
  }
  await dependencies.tryAddress(config);
};
