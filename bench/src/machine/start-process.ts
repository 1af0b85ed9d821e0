import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@tripod/testing/wait-for';
import type { Place, Running } from '../definition/run.ts';
import { answersOk } from './answers-ok.ts';
import { pinned } from './cores.ts';

/** Long enough for a busy machine. */
const startWithinMs = 30_000;

export type ProcessOptions = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly core: number | undefined;
  /** URL that it answers when it is ready. */
  readonly url: string;
  /** Path that answers 200 when it is ready. Default `/`. */
  readonly readyPath?: string;
  /** Readiness check for a process that does not speak HTTP. */
  readonly isReady?: () => Promise<boolean>;
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** A little longer than Tripod's servers take to finish requests in flight. */
const killAfterMs = 12_000;

/** Starts a process with its output in a file, and waits until it is ready. Throws with that output when it exits. */
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
    const killTimer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await exited;
    clearTimeout(killTimer);
  });
  const hasStarted = (): boolean | Promise<boolean> => {
    if (ended) throw new Error(`${name} did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    return isReady();
  };
  await waitFor(`${name} at ${url}`, hasStarted, startWithinMs);
  return { pids: child.pid === undefined ? [] : [child.pid], url };
};
