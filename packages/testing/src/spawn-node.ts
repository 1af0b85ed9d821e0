import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** The root folder of this repository. */
export const checkout = join(import.meta.dirname, '../../..');

/** Variables that a test run sets and that a terminal of a user does not have. */
const variablesOfTestRun = [
  'INIT_CWD',
  'DATABASE_URL',
  'TEST_DATABASE_URL',
  'NODE_OPTIONS',
  'PORT',
  'HOST',
] as const;

/**
 * Starts `node ARGS…` at the root of the repository, as a process group of its own. `output` returns everything that
 * the process has written to stdout and stderr so far.
 */
export const spawnNode = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { readonly child: ChildProcess; readonly output: () => string } => {
  const inherited = { ...process.env };
  for (const name of variablesOfTestRun) delete inherited[name];
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const collect = (piece: Buffer): void => {
    output += piece.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return { child, output: () => output };
};

/** Resolves with the exit code of the process, or -1 when a signal ended it. */
export const exited = (child: ChildProcess): Promise<number> =>
  child.exitCode === null && child.signalCode === null
    ? new Promise((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
    : Promise.resolve(child.exitCode ?? -1);
