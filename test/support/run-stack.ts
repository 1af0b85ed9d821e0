import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@tripod/testing/free-port';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { makeStateDir } from './make-state-dir.ts';

/** A stack that was started by its command. */
export type RunningStack = {
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  readonly staticPort: number;
  readonly apiPort: number;
  readonly stateDir: string;
  readonly process: ChildProcess;
  /** Everything that it has printed so far. */
  output(): string;
  /** Runs `stack COMMAND…` against this stack and returns its output. */
  command(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** Stops it as Ctrl-C does, and removes its state folder. */
  stop(): Promise<void>;
};

const stackBin = join(checkout, 'apps/stack/bin/stack.js');

export type RunStackOptions = {
  /** Default: the gallery with three copies. */
  readonly lab?: string;
  readonly copies?: number;
  readonly proxy?: string;
  /** Further flags. */
  readonly flags?: readonly string[];
  /** Variables that are added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** State folder of an earlier run, to start with its data. */
  readonly stateDir?: string;
  /** A state folder whose Postgres is shared. */
  readonly postgresDir?: string;
};

/** Starts the stack on free ports with its own state folder, and waits until it is ready. */
export const runStack = async ({
  lab,
  copies = lab === undefined ? 3 : undefined,
  proxy,
  flags: more = [],
  env,
  stateDir,
  postgresDir,
}: RunStackOptions = {}): Promise<RunningStack> => {
  // The copies of the API use the fourth port and those after it.
  const [port = 0, staticPort = 0, adminPort = 0, apiPort = 0] = await freePorts(8);
  const dir = stateDir ?? makeStateDir();
  const flags = [
    '--port',
    port,
    '--api-port',
    apiPort,
    '--static-port',
    staticPort,
    '--admin-port',
    adminPort,
  ];
  const choice = proxy === undefined ? [] : ['--proxy', proxy];
  const args = [
    stackBin,
    'up',
    ...(lab === undefined ? [] : [lab]),
    '--state-dir',
    dir,
    ...(copies === undefined ? [] : ['--copies', String(copies)]),
    ...(postgresDir === undefined ? [] : ['--postgres-dir', postgresDir]),
    ...flags.map(String),
    ...choice,
    ...(more.includes('--control-room-port') ? [] : ['--no-control-room']),
    ...more,
  ];
  const { child, output } = spawnNode(args, env);
  const isReady = (): boolean => /"name":"stack","message":"ready"/.test(output());
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await exited(child);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await waitFor(
      'the stack to be ready',
      () => {
        if (child.exitCode !== null)
          throw new Error(`the stack exited with code ${child.exitCode}:\n${output()}`);
        return isReady();
      },
      120_000,
    );
  } catch (error) {
    await stop();
    throw new Error(`${error instanceof Error ? error.message : error}\n${output()}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    port,
    staticPort,
    apiPort,
    stateDir: dir,
    process: child,
    output,
    command: async (...args) => {
      const run = spawnNode([stackBin, ...args, '--state-dir', dir]);
      const code = await exited(run.child);
      return { code, output: run.output() };
    },
    stop,
  };
};
