import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from '@tripod/testing/wait-for';

const script = join(import.meta.dirname, 'fixture-service.ts');

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The fixture service as a process of its own. */
export type Fixture = {
  readonly child: ChildProcess;
  /** When it has ended and all its output has been read. */
  readonly exited: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  /** The log lines so far, as data. */
  logged(): readonly Readonly<Record<string, unknown>>[];
  /** Waits until it listens. */
  url(): Promise<string>;
};

export type FixtureOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** With an IPC channel, as the stack starts services. */
  readonly ipc?: boolean;
  /** Without a terminal, as under a service manager; or with one of its own. Default: that of the test, if any. */
  readonly terminal?: 'none' | 'own';
};

const started: ChildProcess[] = [];

/** For afterEach: ends what a test left running, by its own process id. */
export const killFixtures = (): void => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
};

export const startFixture = (args: readonly string[], options: FixtureOptions = {}): Fixture => {
  const command = [process.execPath, script, ...args];
  // `script` of util-linux runs a command on a terminal of its own.
  const [file = '', ...words] =
    options.terminal === 'own' ? ['script', '-qefc', command.join(' '), '/dev/null'] : command;
  const child = spawn(file, words, {
    detached: options.terminal === 'none',
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? ['ipc' as const] : [])],
  });
  started.push(child);
  const text = { stdout: '', stderr: '' };
  // Not the event 'close', which does not come once the IPC channel has been disconnected.
  const read = (['stdout', 'stderr'] as const).map(
    (name) =>
      new Promise<void>((resolve) => {
        child[name]
          ?.setEncoding('utf8')
          .on('data', (piece: string) => {
            text[name] += piece;
          })
          .once('end', resolve);
      }),
  );
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  }).then(async (exit) => {
    await Promise.all(read);
    return exit;
  });
  return {
    child,
    exited,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    logged: () =>
      text.stdout
        .split('\n')
        // Behind the last line end there may be a part of a line.
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    url: () => waitFor('the fixture to listen', () => /^url: (\S+)$/m.exec(text.stdout)?.[1]),
  };
};

/** Runs the fixture to its end. */
export const runFixture = async (args: readonly string[], options?: FixtureOptions) => {
  const fixture = startFixture(args, options);
  const { code } = await fixture.exited;
  return { code, stdout: fixture.stdout(), stderr: fixture.stderr() };
};
