import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included. */
const maxSocketPathBytes = 100;

/** The folder in which one checkout keeps its data, logs and sockets. */
export type StateFolder = {
  /** Absolute and with all links resolved, so that each folder has exactly one path. */
  readonly stateDir: string;
  readonly logsDir: string;
  readonly userId: number;
  /** Twelve hex digits that differ for each state folder and each user. */
  readonly key: string;
};

/** Resolves all links in a path. Also works for a folder that does not exist yet. */
const canonicalPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return dirname(path) === path ? path : join(canonicalPath(dirname(path)), basename(path));
  }
};

/** Names a state folder and creates nothing. The same folder by another path gives the same names. */
export const locateStateFolder = (path: string, userId: number): StateFolder => {
  const stateDir = canonicalPath(resolve(path));
  const key = createHash('sha256').update(`${userId}:${stateDir}`).digest('hex').slice(0, 12);
  return { stateDir, logsDir: join(stateDir, 'logs'), userId, key };
};

/** Returns the path of a Unix socket in a subfolder, or in the temp folder when that path is too long for a socket. */
export const socketPathIn = (
  { stateDir, userId, key }: StateFolder,
  subfolder: string,
  socketName: string,
): string => {
  const inside = join(stateDir, subfolder, socketName);
  return Buffer.byteLength(inside) <= maxSocketPathBytes
    ? inside
    : join(tmpdir(), `tripod-${userId}-${key}-${subfolder}`, socketName);
};
