import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@tripod/testing/wait-for';

const bin = fileURLToPath(new URL('../../bin/api-server.js', import.meta.url));

/** An `api-server` process. */
export type Command = {
  readonly child: ChildProcess;
  /** Its stdout and stderr so far. */
  output(): string;
  stderr(): string;
  /** Its log lines so far, parsed. */
  logged(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the exit code once all its output has been read. */
  readonly ended: Promise<number | null>;
  /** Waits until it listens. */
  url(): Promise<string>;
};

const started: Command[] = [];

/** For afterEach: kills the processes that a test left running. */
export const killCommands = async (): Promise<void> => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
};

/** Runs the command with only this environment and PATH. */
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
      // The last element may be an incomplete line.
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
      waitFor('the address of api-server', () => {
        if (child.exitCode !== null) throw new Error(`it ended: ${text.stdout}${text.stderr}`);
        return logged().find(({ message }) => message === 'listening')?.['url'] as string | undefined;
      }),
  };
  started.push(command);
  return command;
};
