import { execFile } from 'node:child_process';
import type { Identity } from './identity.ts';

/** What every Postgres program gets: nothing of the caller's PG* variables, locale, or secrets. */
export const programEnv = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
});

/** Runs a program to its end and resolves with its stdout; rejects with what it said on stderr. */
export const runProgram = (
  file: string,
  args: readonly string[],
  { identity, input = '' }: { readonly identity: Identity; readonly input?: string },
): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { ...identity, cwd: '/', env: programEnv() };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else reject(Object.assign(new Error(stderr.trim() || error.message), { code: error.code }));
    });
    // A program that ends without reading its input breaks the pipe; its exit code tells the story.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
