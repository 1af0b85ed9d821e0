import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';
import { locateStateFolder } from '@tripod/shared/os/state-folder';
import { stackSocketPath } from '@tripod/stack-client/stack-socket-path';

/** The paths of everything that one stack keeps. */
export type StateFolder = {
  readonly stateDir: string;
  readonly logsDir: string;
  readonly lockFile: string;
  readonly stateFile: string;
  /** Holds the control socket; only this user may enter it. */
  readonly socketDir: string;
  readonly socketPath: string;
  readonly compileCacheDir: string;
};

/** Returns the paths in a state folder and creates nothing. Two paths to the same folder give the same result. */
export const locateState = (stateDir: string, userId: number): StateFolder => {
  const { stateDir: real, logsDir } = locateStateFolder(stateDir, userId);
  const socketPath = stackSocketPath(stateDir, userId);
  return {
    stateDir: real,
    logsDir,
    lockFile: join(real, 'stack.lock'),
    stateFile: join(real, 'stack.json'),
    socketDir: dirname(socketPath),
    socketPath,
    compileCacheDir: join(real, 'compile-cache'),
  };
};

const createUnusableError = (folder: string, reason: string): StartError =>
  new StartError(`The folder ${folder} cannot be used (${reason}); choose another one with --state-dir.`);

/** Creates the state folder and its subfolders. Throws a StartError when this user may not write there. */
export const createStateFolder = (stateDir: string, userId: number): StateFolder => {
  try {
    mkdirSync(stateDir, { recursive: true });
  } catch (error) {
    throw createUnusableError(stateDir, (error as NodeJS.ErrnoException).code ?? 'unknown');
  }
  const folder = locateState(stateDir, userId);
  for (const dir of [folder.logsDir, folder.socketDir]) {
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      throw createUnusableError(dir, code === 'EEXIST' ? 'it is no folder; move it away' : code);
    }
  }
  // In the shared temporary folder another user may have created it first.
  const found = lstatSync(folder.socketDir);
  if (!found.isDirectory()) throw createUnusableError(folder.socketDir, 'it is no folder; move it away');
  if (found.uid !== userId) throw createUnusableError(folder.socketDir, 'it belongs to another user');
  chmodSync(folder.socketDir, 0o700);
  return folder;
};
