import { apiServerSettings } from '@tripod/api-server/config';
import { controlRoomSettings } from '@tripod/control-room/config';
import { experimentSettings } from '@tripod/experiment/settings';
import { loadSettings } from '@tripod/load/settings';
import { proxyCommands, proxySettings } from '@tripod/proxy/config';
import type { Settings } from '@tripod/shared/config/settings';
import { healthcheckCommands } from '@tripod/shared/process/healthcheck';
import { commands } from '@tripod/stack/commands';
import { createProgram } from '@tripod/stack/program';
import { services } from '@tripod/stack/services';
import { upSettings } from '@tripod/stack/settings';
import { staticServerSettings } from '@tripod/static-server/config';
import { workerCommands } from '@tripod/worker/check-store';
import { workerSettings } from '@tripod/worker/config';
import { benchSettings } from '../bench/src/bench-settings.ts';

/** A command and its settings for docs/reference/configuration.md. */
export type DocumentedService = {
  /** The command as typed after `pnpm`. */
  readonly command: string;
  readonly about: string;
  readonly settings: Settings;
  /** Further commands: name → what it does. */
  readonly commands?: Readonly<Record<string, string>>;
};

export const documentedServices: readonly DocumentedService[] = [
  {
    command: 'proxy',
    about: 'The reverse proxy and load balancer.',
    settings: proxySettings,
    commands: { ...proxyCommands, ...healthcheckCommands },
  },
  {
    command: 'api-server',
    about: 'One copy of the API on Postgres.',
    settings: apiServerSettings,
    commands: {
      migrate: 'Runs the migrations that are due, and exits',
      seed: 'Adds demo rows, such as `posts=10000 books=50`; without operands, the first rows of empty tables',
      ...healthcheckCommands,
    },
  },
  {
    command: 'static-server',
    about: 'The server of files.',
    settings: staticServerSettings,
    commands: healthcheckCommands,
  },
  {
    command: 'worker',
    about: 'Works off the jobs that the API adds.',
    settings: workerSettings,
    commands: workerCommands,
  },
  {
    command: 'control-room',
    about: 'The page for load, copies and faults. The stack starts it.',
    settings: controlRoomSettings,
  },
  { command: 'dev', about: 'The whole stack; the same as `pnpm stack up`.', settings: upSettings('.') },
  {
    command: 'load',
    about: 'Puts load on a lab or a URL, which comes first, as in `pnpm load books`.',
    settings: loadSettings,
  },
  {
    command: 'experiment',
    about: 'Experiments with a verdict; their names come first, as in `pnpm experiment kill-a-copy`.',
    settings: experimentSettings,
  },
  {
    command: 'bench',
    about: 'A benchmark; its name comes first, as in `pnpm bench proxy`.',
    settings: benchSettings,
  },
];

const neverCalled = (): never => {
  throw new Error('commands are not run for the documentation');
};

/** The command line of the stack, for its help texts. */
export const stackProgram = createProgram({
  commands,
  services,
  checkout: '.',
  workingDir: '/',
  environment: {},
  createClient: neverCalled,
  findStateDir: neverCalled,
});

export type StackProgram = typeof stackProgram;
