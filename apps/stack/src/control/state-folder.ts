import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartError } from '@tripod/shared/errors/start-error';
import { locateStateFolder, socketPathIn } from '@tripod/shared/os/state-folder';

/** Where everything of one stack lies. */
export type StateFolder = {
  readonly stateDir: string;
  readonly logsDir: string;
  readonly lockFile: string;
  readonly stateFile: string;
  /** Holds the control socket; nobody else may enter. */
  readonly socketDir: string;
  readonly socketPath: string;
  readonly compileCacheDir: string;
  /** Files of nginx, when it is the proxy. */
  readonly nginxDir: string;
};

/** Names everything in a state folder; makes nothing. The same folder by another path gives the same names. */
export const locateState = (stateDir: string, userId: number): StateFolder => {
  const located = locateStateFolder(stateDir, userId);
  const { stateDir: real, logsDir } = located;
  const socketPath = socketPathIn(located, 'control', 'stack.sock');
  return {
    stateDir: real,
    logsDir,
    lockFile: join(real, 'stack.lock'),
    stateFile: join(real, 'stack.json'),
    socketDir: dirname(socketPath),
    socketPath,
    compileCacheDir: join(real, 'compile-cache'),
    nginxDir: join(real, 'nginx'),
  };
};

const notUsable = (folder: string, why: string): StartError =>
  new StartError(`The folder ${folder} can not be used (${why}); choose another one with --state-dir.`);

/** Makes the state folder and the one for the socket. Throws a StartError when they are not this user's to write. */
export const makeStateFolder = (stateDir: string, userId: number): StateFolder => {
  try {
    mkdirSync(stateDir, { recursive: true });
  } catch (error) {
    throw notUsable(stateDir, (error as NodeJS.ErrnoException).code ?? 'unknown');
  }
  const folder = locateState(stateDir, userId);
  for (const dir of [folder.logsDir, folder.socketDir]) {
    try {
      mkdirSync(dir, { recursive: true });
    } catch (error) {
      throw notUsable(dir, (error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }
  // In a temp folder anybody may have put it there first.
  const found = lstatSync(folder.socketDir);
  if (!found.isDirectory() || found.uid !== userId) throw notUsable(folder.socketDir, 'it is another user’s');
  chmodSync(folder.socketDir, 0o700);
  return folder;
};
