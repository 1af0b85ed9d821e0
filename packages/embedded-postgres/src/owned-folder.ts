import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import type { Layout } from './layout.ts';

const ownUserId = (): number => process.getuid?.() ?? 0;

/**
 * Creates a folder unless it exists (its parents with the usual mode) and sets its mode. Throws a sentence when it is
 * a link or belongs to another user: in a temp folder another user may have created it first.
 */
export const ensureOwnedFolder = (folder: string, mode: number): void => {
  try {
    // With `mode` the parents would get it too, and the umask would change it.
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `The database cannot be kept in ${folder} (${code}): make it writable, or set DATABASE_URL to use a Postgres of your own.`,
    );
  }
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder: move it away, and start again.`);
  if (found.uid !== ownUserId()) throw new Error(foreignPathMessage(folder, found.uid));
  if ((found.mode & 0o777) !== mode) chmodSync(folder, mode);
};

/** A sentence about something that belongs to another user, usually root after a first run. `path` must be removed. */
export const foreignPathMessage = (path: string, owner: number): string =>
  `${path} belongs to user ${owner === 0 ? 'root' : owner}, and this is user ${ownUserId()}: ` +
  `run as that user, or delete its database with "${ownUserId() === 0 ? '' : 'sudo '}rm -r ${path}".`;

/** The same for the folder of the database; the whole state folder must be removed when it has the same owner. */
export const foreignHomeMessage = ({ home, stateDir }: Layout, owner: number): string =>
  foreignPathMessage(lstatSync(stateDir).uid === owner ? stateDir : home, owner);

/**
 * Why a file in the folder of the database can't be read: another user owns the folder, or a parent folder is not
 * accessible.
 */
export const inaccessibleHomeMessage = (layout: Layout): string => {
  try {
    return foreignHomeMessage(layout, lstatSync(layout.home).uid);
  } catch {
    return (
      `The database cannot be kept in ${layout.stateDir}: user ${ownUserId()} may not enter a folder above it; ` +
      'name another one with --state-dir, or set DATABASE_URL to use a Postgres of your own.'
    );
  }
};
