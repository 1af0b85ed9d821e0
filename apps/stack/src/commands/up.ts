import { dirname } from 'node:path';
import { ConfigError } from '@tripod/shared/config/config-error';
import type { Settings } from '@tripod/shared/config/settings';
import type { CommandDefinition, CommandLine, ConfigFile } from '../command/command-definition.ts';
import { checkoutStateDir, type StackConfig, stackSettings } from '../definition/stack-settings.ts';
import { readLab } from '../labs/lab-definition.ts';
import { defaultLab, findLab } from '../labs/lab-folder.ts';
import { labDatabase, labStateDir } from '../labs/lab-state.ts';
import { runAttached } from '../up/run-attached.ts';
import { runDetached } from '../up/run-detached.ts';

const settings = {
  detach: {
    type: 'boolean',
    default: false,
    environment: false,
    description: 'Return when everything is ready and leave it running; end it with: pnpm stack down',
  },
} as const satisfies Settings;

/** The settings of the lab, with a state folder and a database that keep it apart from the other labs. */
const findLabFile = ({ argument, flags, checkout, workingDir }: CommandLine): ConfigFile | undefined => {
  if (flags['config'] !== undefined) {
    if (argument === '') return undefined;
    const problem = `must not stand beside the lab ${argument}; copy its lab.json and change the copy`;
    throw new ConfigError([{ source: '--config', problem }]);
  }
  const { name, file } = findLab(argument || defaultLab, { checkout, workingDir });
  const values = {
    database: labDatabase(name),
    stateDir: labStateDir(checkout, name),
    labFolder: dirname(file),
    // With a state folder of its own the stack also has a Postgres of its own.
    ...(flags['stateDir'] === undefined ? { postgresDir: checkoutStateDir(checkout) } : {}),
    ...readLab(file).settings,
  };
  return { name: file, values };
};

/** `stack up`: starts everything and watches it until it is stopped. */
export const up: CommandDefinition = {
  name: 'up',
  argument: '[lab]',
  findFile: findLabFile,
  description: () => 'Start a lab, by default the gallery, and watch it until Ctrl-C',
  example: ['up', 'start everything and watch it (the same as: pnpm dev)'],
  settings: ({ checkout, services }) => ({ ...stackSettings(services, checkout), ...settings }),
  run: (client, { config }) =>
    config['detach'] === true
      ? runDetached(client)
      : runAttached(client.host, config as unknown as StackConfig),
};
