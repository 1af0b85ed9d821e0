import { execFile } from 'node:child_process';
import type { Identity } from './identity.ts';

/** What every Postgres program gets: nothing of the caller's PG* variables, locale, or secrets. */
export const programEnv = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
});

export type RunOptions = {
  readonly identity: Identity;
  readonly input?: string;
  /** Kills it: only for one whose work may be left half done. */
  readonly stop?: AbortSignal;
};

/** Runs a program to its end and resolves with its stdout; rejects with what it said on stderr. */
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
    // A program that ends without reading its input breaks the pipe; its exit code tells the story.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
