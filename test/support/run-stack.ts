import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '@tripod/testing/free-port';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';
import { makeStateDir } from './make-state-dir.ts';

/** A whole stack, started by its command. */
export type RunningStack = {
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  readonly staticPort: number;
  readonly apiPort: number;
  readonly stateDir: string;
  readonly process: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Runs `stack COMMAND…` against it and returns what that printed. */
  command(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** Ends it as Ctrl-C would, and removes its state. */
  stop(): Promise<void>;
};

const stackBin = join(checkout, 'apps/stack/bin/stack.js');

export type RunStackOptions = {
  readonly copies?: number;
  readonly proxy?: string;
  /** A state folder of an earlier run, to start again on its data. */
  readonly stateDir?: string;
};

/** Starts the stack on free ports with a state folder of its own, and waits until it says that it is ready. */
export const runStack = async ({
  copies = 3,
  proxy,
  stateDir,
}: RunStackOptions = {}): Promise<RunningStack> => {
  // The copies of the API take the ports from the fourth on.
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
  const { child, output } = spawnNode([
    stackBin,
    'up',
    '--state-dir',
    dir,
    '--copies',
    String(copies),
    ...flags.map(String),
    ...choice,
  ]);
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
        if (child.exitCode !== null) throw new Error(`the stack ended with ${child.exitCode}:\n${output()}`);
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
