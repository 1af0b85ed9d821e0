import type { Settings } from '@tripod/shared/config/settings';
import type { CommandDefinition } from '../command/command-definition.ts';
import { forMsSetting, settingsIn, untilWhen } from '../command/fault-command.ts';
import { findOneProcess } from '../command/find-target.ts';

const settings = { forMs: forMsSetting } as const satisfies Settings;

/** `stack pause NAME`: SIGSTOP for one process. Its connections stay open and nothing answers on them. */
export const pause: CommandDefinition = {
  name: 'pause',
  argument: '<name>',
  description: () => 'Stop a process by SIGSTOP: its port stays open, and nothing answers',
  example: ['pause api-2', 'a copy that hangs; go on with: pnpm stack resume api-2'],
  settings: () => settings,
  run: (client, { argument: name, config }) => client.ask({ command: 'pause', name, forMs: config['forMs'] }),
  serve: {
    answer: async ({ stack, report }, request) => {
      const process = findOneProcess(stack, request);
      const { forMs } = settingsIn(settings, request);
      process.faults.pause(forMs);
      report(`${process.name}: paused ${untilWhen(forMs, `pnpm stack resume ${process.name}`)}`);
    },
  },
};
