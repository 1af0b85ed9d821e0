import { DatabaseSync } from 'node:sqlite';

const sqliteBusy = 5;
/**
 * Two processes that try in the same moment may block each other for an instant; only the holder blocks for longer. A
 * process that does not get the lock is blocked for this time.
 */
const instantMs = 20;

export type Lock = { readonly release: () => void };

/**
 * Takes the lock on a file; returns undefined while another process has it. It is a file lock of the kernel, which
 * disappears with its holder, so no pid is ever compared. Node has access to such locks through SQLite only.
 */
export const takeLock = (lockFile: string): Lock | undefined => {
  const database = new DatabaseSync(lockFile);
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
