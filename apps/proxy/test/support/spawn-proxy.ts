import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@tripod/testing/wait-for';
import { killChildren } from './kill-children.ts';

const bin = fileURLToPath(new URL('../../bin/proxy.js', import.meta.url));

export type ProxyProcess = {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, or the name of the signal. */
  readonly ended: Promise<number | string>;
};

export type SpawnOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Without a terminal, as under a service manager. Default: with the terminal of the test, if any. */
  readonly detached?: true;
  /** Limit on open descriptors. Default: the limit of this process. */
  readonly maxOpenFiles?: number;
  /** `unread`: a pipe that is not read; or a descriptor. Default: collected by `stdout()`. */
  readonly stdout?: 'unread' | number;
};

const running = new Set<ChildProcess>();

/** Starts the command as a process, with these arguments and PATH as its only variable. */
export const spawnProxy = (args: readonly string[], options: SpawnOptions = {}): ProxyProcess => {
  const { env = {}, cwd, maxOpenFiles, stdout: output, detached = false } = options;
  const command = [process.execPath, bin, ...args];
  const limited = ['sh', '-c', `ulimit -n ${maxOpenFiles}; exec "$0" "$@"`, ...command];
  const [file = '', ...rest] = maxOpenFiles === undefined ? command : limited;
  const child = spawn(file, rest, {
    detached,
    stdio: ['ignore', typeof output === 'number' ? output : 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  if (output !== 'unread') {
    child.stdout?.on('data', (piece: Buffer) => {
      stdout += piece.toString();
    });
  }
  child.stderr?.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'unknown');
    });
  });
  return { child, pid: child.pid ?? Number.NaN, stdout: () => stdout, stderr: () => stderr, ended };
};

/** Waits until the process has logged its addresses. */
export const addressesOf = async (proxy: ProxyProcess): Promise<{ port: number; adminPort: number }> => {
  const line = await waitFor('the proxy to listen', () =>
    proxy
      .stdout()
      .split('\n')
      .find((text) => text.includes('proxy listens')),
  );
  const { url, admin } = JSON.parse(line) as { url: string; admin: string };
  return { port: Number(new URL(url).port), adminPort: Number(new URL(admin).port) };
};

/** For afterEach: kills the processes of the test. */
export const killProxies = (): Promise<void> => killChildren(running);
