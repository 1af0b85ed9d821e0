import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

// sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
const maxSocketPathBytes = 100;

/** Where everything of one state folder lies. */
export type Layout = {
  readonly stateDir: string;
  /** Holds the data, the state file, the lock and the socket. */
  readonly home: string;
  /** The data, where Postgres may enter the state folder, and else where it lies. */
  readonly dataDir: string;
  readonly outsideDir: string;
  readonly stateFile: string;
  readonly lockFile: string;
  readonly socketPath: string;
  readonly logsDir: string;
  readonly logFile: string;
  /** Twelve hex digits that tell this state folder and this user from every other. */
  readonly key: string;
};

/** The path without links, also of a folder that is yet to be made: one checkout is one key, however it was entered. */
const canonicalPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(canonicalPath(dirname(path)), basename(path));
  }
};

export const createLayout = (stateDirOption: string): Layout => {
  const stateDir = canonicalPath(resolve(stateDirOption));
  const home = join(stateDir, 'postgres');
  const uid = process.getuid?.() ?? 0;
  const key = createHash('sha256').update(`${uid}:${stateDir}`).digest('hex').slice(0, 12);
  const beside = join(home, 'guard.sock');
  const logsDir = join(stateDir, 'logs');
  return {
    stateDir,
    home,
    dataDir: join(home, 'data'),
    outsideDir: `/var/tmp/tripod-${uid}-${key}`,
    stateFile: join(home, 'state.json'),
    lockFile: join(home, 'lock'),
    socketPath:
      Buffer.byteLength(beside) <= maxSocketPathBytes
        ? beside
        : join(tmpdir(), `tripod-${uid}-${key}`, 'guard.sock'),
    logsDir,
    logFile: join(logsDir, 'postgres.log'),
    key,
  };
};
