import { randomUUID } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const sqliteBusy = 5;
const sqliteNotADatabase = 26;
/**
 * Two processes that try in the same moment may block each other for an instant; only the holder blocks for longer. A
 * process that does not get the lock is blocked for this time.
 */
const instantMs = 20;

export type Lock = { readonly release: () => void };

/**
 * Creates the file for its owner alone: another user who can read it could hold a shared lock and block every start.
 * The file gets its name by a link, because a process that closes a descriptor of a file loses its locks on that file
 * (fcntl(2)).
 */
const ensurePrivateFile = (lockFile: string): void => {
  const found = lstatSync(lockFile, { throwIfNoEntry: false });
  if (!found) {
    const draft = `${lockFile}.${randomUUID()}`;
    writeFileSync(draft, '', { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, lockFile);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    return;
  }
  // To rename it would be a race with a process that has just replaced it.
  if (!found.isFile()) throw new Error(`${lockFile} is no plain file: move it away, and start again.`);
  if ((found.mode & 0o077) !== 0) chmodSync(lockFile, 0o600);
};

/** Loaded when it is needed: a packed API copy with a Postgres of its own runs on Node 20, which lacks this module. */
const loadSqlite = (): typeof import('node:sqlite') => {
  try {
    return createRequire(import.meta.url)('node:sqlite');
  } catch (error) {
    throw new Error('The embedded Postgres needs Node 22.13 or newer. With an older one, set DATABASE_URL.', {
      cause: error,
    });
  }
};

const lockOnce = (lockFile: string): Lock | undefined => {
  const database = new (loadSqlite().DatabaseSync)(lockFile);
  try {
    // Nothing is written, so there is no need for a journal file.
    database.exec(`PRAGMA busy_timeout = ${instantMs}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
  return { release: () => database.close() };
};

/**
 * Takes the lock on a file; returns undefined while another process has it. It is a file lock of the kernel, which
 * disappears with its holder, so no pid is ever compared. Node has access to such locks through SQLite only. Content
 * that something else wrote into the file is removed. Throws a sentence when it is no plain file.
 */
export const takeLock = (lockFile: string): Lock | undefined => {
  ensurePrivateFile(lockFile);
  try {
    return lockOnce(lockFile);
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== sqliteNotADatabase) throw error;
    // SQLite has read the file, so no process holds the lock. The file keeps its inode, which others may lock
    // meanwhile.
    truncateSync(lockFile);
    return lockOnce(lockFile);
  }
};
