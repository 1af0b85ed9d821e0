import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@tripod/shared/async/clock';
import { isPortFree } from '@tripod/shared/os/is-port-free';
import { systemProcesses } from '@tripod/shared/os/process-table';
import { freePorts } from '@tripod/testing/free-port';
import type { UpConfig } from '../../src/settings.ts';
import type { StackDependencies } from '../../src/stack-dependencies.ts';
import type { ServiceCommands } from '../../src/supervisor/service-commands.ts';
import { tryAddress } from '../../src/try-address.ts';
import { fixtureCommands } from './fixture-commands.ts';

export const checkout = join(import.meta.dirname, '../../../..');

export type FixtureStack = {
  readonly config: UpConfig;
  readonly dependencies: StackDependencies;
  /** Every line it has shown, as it was shown. */
  readonly shown: string[];
};

/** What a stack of small services is started with: free ports, a state folder of its own, no database to prepare. */
export const prepareFixtureStack = async (
  folder: string,
  change: Partial<UpConfig> = {},
  commands: ServiceCommands = fixtureCommands(),
): Promise<FixtureStack> => {
  // The copies of the API take the ports from the fourth on.
  const [port = 0, staticPort = 0, adminPort = 0, apiPort = 0] = await freePorts(8);
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  const shown: string[] = [];
  return {
    shown,
    config: {
      copies: 2,
      port,
      host: 'localhost',
      proxy: 'http-proxy',
      policy: 'round-robin',
      assets,
      stateDir: join(folder, 'state'),
      apiPort,
      staticPort,
      adminPort,
      databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
      ...change,
    },
    dependencies: {
      checkout,
      commands,
      pid: process.pid,
      userId: process.getuid?.() ?? 0,
      execPath: process.execPath,
      environment: { PATH: process.env['PATH'], PORT: '1', NAME: 'wrong' },
      clock: systemClock,
      table: systemProcesses,
      killGroup: (pid, signal) => void process.kill(-pid, signal),
      isPortFree,
      tryAddress,
      sink: { add: (line) => void shown.push(line), flush: () => undefined, dropped: () => 0 },
      lineFormat: { format: 'json', colour: false },
    },
  };
};
