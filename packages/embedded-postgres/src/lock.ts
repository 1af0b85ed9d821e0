import { DatabaseSync } from 'node:sqlite';

const sqliteBusy = 5;
/**
 * Of two who ask in the same moment each may be in the other's way for an instant; only the holder is for longer, and
 * who asks in vain waits for this long without doing anything else.
 */
const instantMs = 20;

export type Lock = { readonly release: () => void };

/**
 * Takes the lock on a file, or answers undefined while another process has it. The lock is the kernel's own file lock, so it
 * is gone the moment its holder is, however it ended, and no pid is ever compared. Node reaches such locks through SQLite alone.
 */
export const takeLock = (lockFile: string): Lock | undefined => {
  const database = new DatabaseSync(lockFile);
  try {
    // Nothing is ever written, so no journal need lie beside the lock.
    database.exec(`PRAGMA busy_timeout = ${instantMs}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
  return { release: () => database.close() };
};
