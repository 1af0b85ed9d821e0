import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { ensureOwnedFolder, foreignPathMessage } from './owned-folder.ts';

export type SpawnedGuard = { readonly pid: number; readonly exitCode: () => number | undefined };

/** The guard sees no secrets, debugger ports or Postgres settings of the process that happened to start it. */
export const guardEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const openLog = ({ logFile }: Layout): number => {
  try {
    return openSync(logFile, 'a', 0o600);
  } catch (error) {
    const owner = statSync(logFile, { throwIfNoEntry: false })?.uid;
    if (owner !== undefined && owner !== process.getuid?.())
      throw new Error(foreignPathMessage(logFile, owner));
    throw new Error(
      `The database's log ${logFile} can't be written (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
};

/**
 * Starts a guard in a session of its own: Ctrl-C in the terminal of its starter, or the end of that terminal, passes it by.
 * It keeps neither this process alive nor its streams open.
 */
export const spawnGuard = (layout: Layout, task?: 'empty'): SpawnedGuard => {
  // Root's Postgres runs as another user, who has to pass through.
  ensureOwnedFolder(layout.home, process.getuid?.() === 0 ? 0o711 : 0o700);
  mkdirSync(layout.logsDir, { recursive: true });
  const log = openLog(layout);
  const program = join(import.meta.dirname, 'guard.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, layout.stateDir, ...(task ? [task] : [])];
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, args, {
      detached: true,
      cwd: '/',
      // A guard that finds itself compiled is up in a third of the time.
      env: { ...guardEnv(), NODE_COMPILE_CACHE: join(layout.home, 'code-cache') },
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  let exitCode: number | undefined;
  child.once('exit', (code) => {
    exitCode = code ?? 1;
  });
  child.once('error', () => {
    exitCode = 1;
  });
  child.unref();
  return { pid: child.pid ?? 0, exitCode: () => exitCode };
};
