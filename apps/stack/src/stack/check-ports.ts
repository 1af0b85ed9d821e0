import { ConfigError } from '@tripod/shared/config/config-error';
import { flagOf } from '@tripod/shared/config/settings';
import { StartError } from '@tripod/shared/errors/start-error';
import { findStackState } from '../control/state-file.ts';
import { locateState } from '../control/state-folder.ts';
import { numberOf, selectServices } from '../definition/select-services.ts';
import type { AnyService } from '../definition/service-definition.ts';
import type { StackConfig } from '../definition/stack-settings.ts';
import { findStartedLabs, labStateDir } from '../labs/lab-state.ts';
import { isStillRunning } from '../supervisor/end-leftovers.ts';
import type { StackDependencies } from './stack-dependencies.ts';

type WantedPort = { readonly flag: string; readonly port: number };

/**
 * The first port of copies behind a load balancer is not among them: such copies take the next free port. Without a
 * load balancer it is the address of the system.
 */
const wantedPorts = (services: readonly AnyService[], config: StackConfig): readonly WantedPort[] =>
  services.flatMap(({ ports, replicas }) =>
    (replicas === undefined || !services.some(({ run }) => run.type === 'balancer')
      ? ports
      : ports.slice(1)
    ).map((setting) => ({
      flag: flagOf(setting),
      port: numberOf(config, setting),
    })),
  );

/** First ports of copies that a person chose: these are meant literally, unlike the defaults. */
const chosenFirstPorts = (
  services: readonly AnyService[],
  config: StackConfig,
  checkout: string,
): readonly WantedPort[] =>
  services.flatMap(({ ports: [setting], replicas, settings }) => {
    if (setting === undefined || replicas === undefined) return [];
    const port = numberOf(config, setting);
    return settings({ checkout })[setting]?.default === port ? [] : [{ flag: flagOf(setting), port }];
  });

/** Throws a ConfigError that names both flags when two of them have the same port. */
export const checkPortsDiffer = (
  config: StackConfig,
  { services, checkout }: Pick<StackDependencies, 'services' | 'checkout'>,
): void => {
  const running = selectServices(services, config);
  const flags = new Map<number, string>();
  for (const { flag, port } of [
    ...wantedPorts(running, config),
    ...chosenFirstPorts(running, config, checkout),
  ]) {
    const other = flags.get(port);
    if (other !== undefined && other !== flag) {
      throw new ConfigError([{ source: `${other} and ${flag}`, problem: `are both ${port}.` }]);
    }
    flags.set(port, flag);
  }
};

/** Returns the lab of this checkout that uses the port. */
const findOwner = (port: number, { checkout, userId, table }: StackDependencies): string | undefined => {
  return findStartedLabs(checkout).find((lab) => {
    const { stateFile } = locateState(labStateDir(checkout, lab), userId);
    const owner = findStackState(stateFile)?.processes.find((process) => process.port === port);
    return owner !== undefined && isStillRunning(owner, table);
  });
};

/**
 * Throws a StartError that names the port and its flag when a port is in use, and a ListenError when a service cannot
 * listen on its address.
 */
export const checkPorts = async (config: StackConfig, dependencies: StackDependencies): Promise<void> => {
  const services = selectServices(dependencies.services, config);
  for (const { flag, port } of wantedPorts(services, config)) {
    if (await dependencies.isPortFree(port)) continue;
    const owner = findOwner(port, dependencies);
    throw new StartError(
      owner === undefined
        ? `Port ${port} is already in use; end what uses it, or choose another one with ${flag}.`
        : `Port ${port} is already in use, by the lab ${owner}; stop it with: pnpm stack down --lab ${owner}, or choose another one with ${flag}.`,
    );
  }
  for (const { host, ports } of services) {
    const [setting] = ports;
    if (host === undefined || setting === undefined) continue;
    await dependencies.probeAddress({ host: String(config[host]), port: numberOf(config, setting) });
  }
};
