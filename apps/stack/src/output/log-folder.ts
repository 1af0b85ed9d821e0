import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Following, followFile } from './follow-file.ts';
import { parseLogLine, parsePostgresLine } from './parse-line.ts';

/** A line and the name of the process that wrote it. */
export type NamedLine = { readonly name: string; readonly line: string };

export type LogFolderOptions = {
  /** Whether the log of this process is read. */
  readonly includes: (name: string) => boolean;
  /** How many of the last lines are passed on first, over all processes together. */
  readonly lastLineCount: number;
  readonly onLine: (line: NamedLine) => void;
};

export type FollowedFolder = {
  /** Looks for new lines, and for logs of processes that were started meanwhile. */
  read(): Promise<void>;
  stop(): Promise<void>;
};

const scanIntervalMs = 1000;

/** The names of the processes that have a log in this folder, sorted. Empty when there is no folder. */
export const findLogNames = (logsDir: string): readonly string[] => {
  try {
    const files = readdirSync(logsDir).filter((file) => file.endsWith('.log'));
    return files.map((file) => file.slice(0, -'.log'.length)).sort();
  } catch {
    return [];
  }
};

const findTimeMs = (line: string): number | undefined =>
  parseLogLine(line)?.timeMs ?? parsePostgresLine(line)?.timeMs;

/** Sorts lines by their times. A line without a time stays behind the line before it in its own log. */
const mergeByTime = (logs: readonly (readonly NamedLine[])[]): readonly NamedLine[] => {
  const timed = logs.flatMap((lines) => {
    let timeMs = 0;
    return lines.map((named) => {
      timeMs = findTimeMs(named.line) ?? timeMs;
      return { named, timeMs };
    });
  });
  return timed.sort((a, b) => a.timeMs - b.timeMs).map(({ named }) => named);
};

/**
 * Passes on the last lines of the logs in a folder, merged by time, and then the lines that are added. The timers keep
 * this process alive until `stop`.
 */
export const followLogFolder = async (
  logsDir: string,
  { includes, lastLineCount, onLine }: LogFolderOptions,
): Promise<FollowedFolder> => {
  const known = new Set<string>();
  const followed: Following[] = [];
  const follow = async (name: string, onNamedLine: (line: NamedLine) => void): Promise<void> => {
    const path = join(logsDir, `${name}.log`);
    followed.push(await followFile(path, { fromStart: true, onLine: (line) => onNamedLine({ name, line }) }));
  };
  const takeNewNames = (): readonly string[] => {
    const names = findLogNames(logsDir).filter((name) => includes(name) && !known.has(name));
    for (const name of names) known.add(name);
    return names;
  };

  let live = false;
  const logs = await Promise.all(
    takeNewNames().map(async (name) => {
      const lines: NamedLine[] = [];
      await follow(name, (line) => {
        if (live) onLine(line);
        else lines.push(line);
        if (lines.length > lastLineCount) lines.shift();
      });
      return lines;
    }),
  );
  const lastLines = lastLineCount === 0 ? [] : mergeByTime(logs).slice(-lastLineCount);
  for (const line of lastLines) onLine(line);
  live = true;

  const scan = async (): Promise<void> => {
    for (const name of takeNewNames()) await follow(name, onLine);
  };
  const timer = setInterval(() => void scan().catch(() => undefined), scanIntervalMs);
  return {
    async read() {
      await scan();
      for (const following of followed) await following.read();
    },
    async stop() {
      clearInterval(timer);
      for (const following of followed) await following.stop();
    },
  };
};
