import { execFile } from 'node:child_process';
import type { Identity } from './identity.ts';

/** The environment of every Postgres program: without the PG* variables, the locale and the secrets of this process. */
export const programEnv = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
});

export type RunOptions = {
  readonly identity: Identity;
  readonly input?: string;
  /** Kills the program. Only for a program whose work may be left unfinished. */
  readonly stop?: AbortSignal;
};

/** Runs a program and resolves with its stdout; rejects with its stderr as the message. */
export const runProgram = (
  file: string,
  args: readonly string[],
  { identity, input = '', stop }: RunOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { ...identity, cwd: '/', env: programEnv() };
    const kill = (): void => void child.kill('SIGKILL');
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      stop?.removeEventListener('abort', kill);
      if (!error) resolve(stdout);
      else reject(Object.assign(new Error(stderr.trim() || error.message), { code: error.code }));
    });
    if (stop?.aborted) kill();
    stop?.addEventListener('abort', kill);
    // A program that ends without reading its input breaks the pipe; its exit code is what counts.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
