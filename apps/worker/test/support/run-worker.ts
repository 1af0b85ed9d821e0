import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin/worker.js', import.meta.url));

/** `worker` as a process of its own. */
export type WorkerProcess = {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** What it reported to its supervisor. */
  readonly messages: readonly unknown[];
  /** Resolves with the exit code, or null after a signal, once all its output has been read. */
  readonly ended: Promise<number | null>;
};

const started: WorkerProcess[] = [];

/** For afterEach: ends what a test left running. */
export const killWorkers = async (): Promise<void> => {
  for (const { child, ended } of started.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
};

/** Runs the command with nothing in the environment but what is given. */
export const runWorker = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): WorkerProcess => {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
    });
  }
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  const worker = {
    child,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    messages,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
  started.push(worker);
  return worker;
};
