import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { openLog } from './log-file.ts';
import { ensureOwnedFolder, foreignPathMessage } from './owned-folder.ts';

export type SpawnedGuard = {
  readonly pid: number;
  /** Undefined while it runs; 1 after a signal. */
  readonly exitCode: () => number | undefined;
  /** The signal that ended it. */
  readonly signal: () => NodeJS.Signals | undefined;
};

/** The environment of the guard: without secrets, debugger ports and PG* variables of the process that starts it. */
export const guardEnv = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const openGuardLog = ({ logFile }: Layout): number => {
  try {
    return openLog(logFile);
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
 * Starts a guard in a session of its own, so that Ctrl-C in this terminal and its end do not reach it. The guard
 * keeps neither this process alive nor its streams open.
 */
export const spawnGuard = (layout: Layout, task?: 'empty' | 'end'): SpawnedGuard => {
  // Root runs Postgres as another user, who must be able to pass through.
  ensureOwnedFolder(layout.home, process.getuid?.() === 0 ? 0o711 : 0o700);
  mkdirSync(layout.logsDir, { recursive: true });
  const log = openGuardLog(layout);
  const program = join(import.meta.dirname, 'guard.ts');
  const args = ['--disable-warning=ExperimentalWarning', program, layout.stateDir, ...(task ? [task] : [])];
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, args, {
      detached: true,
      cwd: '/',
      // With a compile cache the guard starts in a third of the time.
      env: { ...guardEnv(), NODE_COMPILE_CACHE: join(layout.home, 'code-cache') },
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
  let exitCode: number | undefined;
  let signal: NodeJS.Signals | undefined;
  child.once('exit', (code, name) => {
    exitCode = code ?? 1;
    signal = name ?? undefined;
  });
  child.once('error', () => {
    exitCode = 1;
  });
  child.unref();
  return { pid: child.pid ?? 0, exitCode: () => exitCode, signal: () => signal };
};
