import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Identity } from './identity.ts';
import { findPostmaster, findRecord, stopPostmaster } from './postmaster.ts';
import { programEnv } from './run-program.ts';

const pollMs = 20;
const adoptedPollMs = 100;

/**
 * A Postgres that accepts connections. `exited` resolves when it has ended, also when it is not a child of this
 * process.
 */
export type RunningPostgres = {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<void>;
};

export type LaunchOptions = {
  readonly postgres: string;
  readonly identity: Identity;
  readonly dataDir: string;
  readonly port: number;
  readonly clusterName: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The log of Postgres: a file opened to append, which stays open after this process has ended. */
  readonly logFd: number;
  /** Stops it while it does not accept connections yet. */
  readonly stop?: AbortSignal;
};

const fixedSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
};

/**
 * Starts Postgres and resolves when it accepts connections; undefined when it ended before (the log says why) or was
 * stopped.
 */
export const launchPostgres = async (options: LaunchOptions): Promise<RunningPostgres | undefined> => {
  if (options.stop?.aborted) return undefined;
  const settings = { ...fixedSettings, ...options.settings, cluster_name: options.clusterName };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // findPostmaster recognizes a postmaster by these first arguments.
  const args = ['-D', options.dataDir, '-p', String(options.port), ...flags];
  const child = spawn(options.postgres, args, {
    ...options.identity,
    cwd: '/',
    env: programEnv(),
    stdio: ['ignore', options.logFd, options.logFd],
  });
  let hasExited = false;
  const exited = untilExit(child).then(() => {
    hasExited = true;
  });
  while (!hasExited && !options.stop?.aborted) {
    const record = findRecord(options.dataDir);
    if (record?.pid === child.pid && record?.status === 'ready') {
      return { pid: record.pid, port: record.port, exited };
    }
    await delay(pollMs);
  }
  await stopPostmaster(options.dataDir, () => (hasExited ? undefined : child.pid));
  return undefined;
};

const untilExit = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

/** Takes over a Postgres whose guard was killed; undefined when none is ready before `stop`. */
export const adoptPostgres = async (
  dataDir: string,
  stop: AbortSignal,
): Promise<RunningPostgres | undefined> => {
  while (!stop.aborted) {
    const record = findPostmaster(dataDir);
    if (!record) return undefined;
    if (record.status === 'ready') {
      return { pid: record.pid, port: record.port, exited: watchAdopted(dataDir, record.pid) };
    }
    await delay(pollMs);
  }
  return undefined;
};

const watchAdopted = async (dataDir: string, pid: number): Promise<void> => {
  while (findPostmaster(dataDir)?.pid === pid) await delay(adoptedPollMs);
};
