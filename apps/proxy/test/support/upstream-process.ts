import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { killChildren } from './kill-children.ts';

const program = fileURLToPath(new URL('small-server.ts', import.meta.url));

export type UpstreamProcess = {
  readonly url: string;
  readonly port: number;
  /** Bodies of the POSTs that it has carried out. */
  readonly posts: readonly string[];
  /** `SIGKILL`, `SIGTERM`, `SIGSTOP`, `SIGCONT`. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, or the name of the signal. */
  readonly ended: Promise<number | string>;
};

export type UpstreamProcessOptions = {
  /** Default: a free one that is reserved, so that no other process takes it while this one is dead. */
  readonly port?: number;
  readonly drainDelayMs?: number;
};

const running = new Set<ChildProcess>();

/** Starts an upstream as a process (see small-server.ts) and waits until it listens. */
export const startUpstreamProcess = async (
  options: UpstreamProcessOptions = {},
): Promise<UpstreamProcess> => {
  const { port = await freePort(), drainDelayMs = 0 } = options;
  const args = [program, '--host=127.0.0.1', `--port=${port}`, `--drain-delay-ms=${drainDelayMs}`];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] },
  });
  running.add(child);
  const posts: string[] = [];
  let url: string | undefined;
  child.on('message', (message: { readonly posted?: string; readonly url?: string }) => {
    if (message.posted !== undefined) posts.push(message.posted);
    url ??= message.url;
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const listening = await waitFor('the upstream process to listen', () => url);
  return {
    url: listening,
    port: Number(new URL(listening).port),
    posts,
    signal: (name) => void child.kill(name),
    ended,
  };
};

/** For afterEach: kills the processes of the test, including suspended ones. */
export const killUpstreamProcesses = (): Promise<void> => killChildren(running);
