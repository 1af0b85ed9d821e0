import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';
import { followFile } from '../output/follow-file.ts';
import { showLine } from '../output/show-line.ts';
import type { CommandContext } from './command-context.ts';

export type LogsOptions = {
  readonly name: string;
  /** So many of the last lines. */
  readonly lines: number;
  readonly follow: boolean;
};

const namesIn = (logsDir: string): readonly string[] => {
  try {
    return readdirSync(logsDir)
      .filter((file) => file.endsWith('.log'))
      .map((file) => file.slice(0, -'.log'.length));
  } catch {
    return [];
  }
};

/** `stack logs NAME`: the last lines a process wrote, also after the stack has ended; with -f also those to come. */
export const runLogs = async (
  context: CommandContext,
  { name, lines, follow }: LogsOptions,
): Promise<void> => {
  const { folder, print, isTerminal, colour } = context;
  const names = namesIn(folder.logsDir);
  if (!names.includes(name)) {
    const known = names.length === 0 ? 'nothing has run here yet' : `there are ${names.join(', ')}`;
    throw new StartError(`There is no log of ${name}; ${known}.`);
  }
  const lineFormat = { format: isTerminal ? 'text' : 'json', colour } as const;
  const show = (line: string): void => print(showLine(name, line, Date.now(), lineFormat).trimEnd());
  const kept: string[] = [];
  let live = false;
  const path = join(folder.logsDir, `${name}.log`);
  const following = await followFile(path, {
    fromStart: true,
    onLine: (line) => {
      if (live) {
        show(line);
        return;
      }
      kept.push(line);
      if (kept.length > lines) kept.shift();
    },
  });
  for (const line of kept) show(line);
  live = true;
  if (!follow) await following.stop();
};
