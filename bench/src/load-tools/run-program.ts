import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pinned } from '../machine/cores.ts';

const run = promisify(execFile);

/**
 * Runs a program and returns its standard output. `env` is added to the environment. Throws with its output when it
 * fails.
 */
export const runProgram = async (
  core: number | undefined,
  command: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const [program, ...args] = pinned(core, command);
  const { stdout } = await run(program, args, {
    maxBuffer: 1_048_576,
    env: { ...process.env, ...environment },
  });
  return stdout;
};
