import type { Settings } from '@tripod/shared/config/settings';
import type { CommandDefinition } from '../command/command-definition.ts';
import { type StackConfig, stackSettings } from '../definition/stack-settings.ts';
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

/** `stack up`: starts everything and watches it until it is stopped. */
export const up: CommandDefinition = {
  name: 'up',
  description: () => 'Start everything and watch it until Ctrl-C',
  example: ['up', 'start everything and watch it (the same as: pnpm dev)'],
  settings: ({ checkout, services }) => ({ ...stackSettings(services, checkout), ...settings }),
  run: (client, { config }) =>
    config['detach'] === true
      ? runDetached(client)
      : runAttached(client.host, config as unknown as StackConfig),
};
