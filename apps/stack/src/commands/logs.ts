import type { Settings } from '@tripod/shared/config/settings';
import { StartError } from '@tripod/shared/errors/start-error';
import type { CommandClient, CommandDefinition } from '../command/command-definition.ts';
import { findStackState } from '../control/state-file.ts';
import { findLogNames, followLogFolder } from '../output/log-folder.ts';
import { showLine } from '../output/show-line.ts';

const settings = {
  follow: {
    type: 'boolean',
    default: false,
    environment: false,
    description: 'Go on with the lines that are written from now on',
  },
  lines: {
    type: 'integer',
    minimum: 0,
    maximum: 100_000,
    default: 50,
    environment: false,
    description: 'How many of the last lines to show',
  },
} as const satisfies Settings;

type LogsConfig = { readonly follow: boolean; readonly lines: number };

/** Whether a log is that of the named process, or of a copy of the named service. An empty name stands for all. */
const isLogOf = (log: string, name: string): boolean =>
  name === '' || log === name || log.replace(/-\d+$/, '') === name;

/** Shows the logs of one process, of the copies of a service, or of all. Throws a StartError when there is none. */
const showLogs = async (
  { folder, print, isTerminal, colour }: CommandClient,
  name: string,
  { lines: lastLineCount, follow }: LogsConfig,
): Promise<void> => {
  const names = findLogNames(folder.logsDir);
  if (!names.some((log) => isLogOf(log, name))) {
    const known = names.length === 0 ? 'nothing has run here yet' : `there are ${names.join(', ')}`;
    throw new StartError(
      name === '' ? 'There are no logs; nothing has run here yet.' : `There is no log of ${name}; ${known}.`,
    );
  }
  const format = isTerminal ? 'text' : 'json';
  const processes = findStackState(folder.stateFile)?.processes ?? [];
  const nameUpstream = (address: string): string =>
    processes.find(({ port }) => address.endsWith(`:${port}`))?.name ?? address;
  const followed = await followLogFolder(folder.logsDir, {
    includes: (log) => isLogOf(log, name),
    lastLineCount,
    onLine: ({ name: log, line }) =>
      print(showLine(log, line, Date.now(), { format, colour, nameUpstream }).trimEnd()),
  });
  if (!follow) await followed.stop();
};

/** `stack logs [NAME]`: the last lines of the logs, merged by time, also after the stack has ended. */
export const logs: CommandDefinition = {
  name: 'logs',
  argument: '[name]',
  description: () => 'Show the last lines of a process, of the copies of a service, or of all processes',
  example: ['logs api-2 -f', 'follow what one copy writes; without a name, what all write'],
  settings: () => settings,
  letters: { follow: 'f', lines: 'n' },
  run: (client, { argument, config }) => showLogs(client, argument, config as LogsConfig),
};
