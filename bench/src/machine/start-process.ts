import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@tripod/testing/wait-for';
import type { Place, Running } from '../run.ts';
import { answersOk } from './answers-ok.ts';
import { pinned } from './cores.ts';

/** A guard for machines that are busy with other work. */
const startWithinMs = 30_000;

export type ProcessOptions = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly core: number | undefined;
  /** Where it answers once it is ready. */
  readonly url: string;
  /** Path that then answers 200. Default `/`. */
  readonly readyPath?: string;
  /** Asked instead, of a process that does not speak HTTP. */
  readonly isReady?: () => Promise<boolean>;
  /** Over the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** As long as our servers take at most to finish what is in flight, and a little. */
const patienceMs = 12_000;

/** Starts a process with its output in a file, and waits until it answers. Throws with that output when it ends. */
export const startProcess = async (place: Place, options: ProcessOptions): Promise<Running> => {
  const { name, command, core, url, readyPath = '/', environment = {} } = options;
  const { isReady = () => answersOk(`${url}${readyPath}`) } = options;
  const log = join(place.folder, `${name}.log`);
  const output = openSync(log, 'a');
  const [program, ...args] = pinned(core, command);
  const child = spawn(program, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...environment },
  });
  closeSync(output);
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  place.stack.push(name, async () => {
    child.kill('SIGTERM');
    const harder = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await exited;
    clearTimeout(harder);
  });
  const hasStarted = (): boolean | Promise<boolean> => {
    if (ended) throw new Error(`${name} did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    return isReady();
  };
  await waitFor(`${name} at ${url}`, hasStarted, startWithinMs);
  return { pids: child.pid === undefined ? [] : [child.pid], url };
};
