import { join } from 'node:path';
import { locateStateFolder, socketPathIn } from '@tripod/shared/os/state-folder';

/** Paths of everything that belongs to the database of one state folder. */
export type Layout = {
  readonly stateDir: string;
  /** Holds the data, the state file, the lock and the socket. */
  readonly home: string;
  /** The data, when the user that Postgres runs as may enter the state folder. */
  readonly dataDir: string;
  /** Holds the data otherwise. */
  readonly outsideDir: string;
  readonly stateFile: string;
  readonly lockFile: string;
  readonly socketPath: string;
  readonly logsDir: string;
  readonly logFile: string;
  /** Twelve hex digits that differ for each state folder and each user. */
  readonly key: string;
};

/** Names everything that belongs to the database of a state folder. Creates nothing. */
export const createLayout = (stateDirOption: string): Layout => {
  const folder = locateStateFolder(stateDirOption, process.getuid?.() ?? 0);
  const { stateDir, logsDir, userId, key } = folder;
  const home = join(stateDir, 'postgres');
  return {
    stateDir,
    home,
    dataDir: join(home, 'data'),
    outsideDir: `/var/tmp/tripod-${userId}-${key}`,
    stateFile: join(home, 'state.json'),
    lockFile: join(home, 'lock'),
    socketPath: socketPathIn(folder, 'postgres', 'guard.sock'),
    logsDir,
    logFile: join(logsDir, 'postgres.log'),
    key,
  };
};
