import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@tripod/testing/wait-for';

const bin = fileURLToPath(new URL('../../bin/api-server.js', import.meta.url));

/** `api-server` as a process of its own. */
export type Command = {
  readonly child: ChildProcess;
  /** Everything it wrote, stdout and stderr. */
  output(): string;
  stderr(): string;
  /** The log lines so far, as data. */
  logged(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the exit code once all its output has been read. */
  readonly ended: Promise<number | null>;
  /** Waits until it listens. */
  url(): Promise<string>;
};

const started: Command[] = [];

/** For afterEach: ends what a test left running. */
export const killCommands = async (): Promise<void> => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
};

/** Runs the command with nothing in the environment but what is given. */
export const runApiServer = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Command => {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  }
  const logged = () =>
    text.stdout
      .split('\n')
      // Behind the last line end there may be a part of a line.
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const command: Command = {
    child,
    output: () => text.stdout + text.stderr,
    stderr: () => text.stderr,
    logged,
    ended: once(child, 'close').then(([code]) => code as number | null),
    url: () =>
      waitFor('the address', () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${text.stdout}${text.stderr}`);
        return logged().find(({ message }) => message === 'listening')?.['url'] as string | undefined;
      }),
  };
  started.push(command);
  return command;
};
