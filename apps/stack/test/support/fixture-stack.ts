import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@tripod/shared/async/clock';
import { loadConfig } from '@tripod/shared/config/load-config';
import { isPortFree } from '@tripod/shared/os/is-port-free';
import { probeAddress } from '@tripod/shared/os/probe-address';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { freePorts } from '@tripod/testing/free-port';
import type { AnyService } from '../../src/definition/service-definition.ts';
import { type StackConfig, stackSettings } from '../../src/definition/stack-settings.ts';
import type { StackDependencies } from '../../src/stack/stack-dependencies.ts';
import { fixtureServices } from './fixture-services.ts';

export const checkout = join(import.meta.dirname, '../../../..');

/** Values of the settings that the services of today define. */
type FixtureConfig = StackConfig & {
  readonly copies: number;
  readonly port: number;
  readonly host: string;
  readonly proxy: string;
  readonly policy: string;
  readonly assets: string;
  readonly apiPort: number;
  readonly staticPort: number;
  readonly adminPort: number;
  readonly databaseUrl?: string;
};
/** Values that a test sets, by the names of their settings. */
export type ConfigChange = Partial<FixtureConfig>;

export type FixtureStack = {
  readonly config: FixtureConfig;
  readonly dependencies: StackDependencies;
  /** Every line that was shown. */
  readonly shown: string[];
};

/** A stack of small services on free ports, with a state folder of its own and a database that nobody uses. */
export const prepareFixtureStack = async (
  folder: string,
  change: ConfigChange = {},
  services: readonly AnyService[] = fixtureServices(),
): Promise<FixtureStack> => {
  // Copies take the ports from the fourth on.
  const [port = 0, staticPort = 0, adminPort = 0, apiPort = 0] = await freePorts(8);
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  const shown: string[] = [];
  const defaults = loadConfig(stackSettings(services, checkout), { workingDir: folder });
  const config = {
    ...defaults,
    copies: 2,
    controlRoom: false,
    port,
    assets,
    stateDir: join(folder, 'state'),
    apiPort,
    staticPort,
    adminPort,
    databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
    ...change,
  } as unknown as FixtureConfig;
  return {
    shown,
    config,
    dependencies: {
      checkout,
      services,
      groupHierarchy: undefined,
      pid: process.pid,
      userId: process.getuid?.() ?? 0,
      execPath: process.execPath,
      environment: { PATH: process.env['PATH'], PORT: '1', NAME: 'wrong' },
      clock: systemClock,
      table: systemProcesses,
      signal: (pid, signal) => void process.kill(pid, signal),
      isPortFree,
      probeAddress,
      sink: { add: (line) => void shown.push(line), flush: () => undefined, dropped: () => 0 },
      lineFormat: { format: 'json', colour: false },
    },
  };
};
