import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import type { Layout } from './layout.ts';

const me = (): number => process.getuid?.() ?? 0;

/**
 * Makes a folder (its parents with the usual mode) unless it is there, and throws a sentence when it is a link, another
 * user's, or open to others for writing: in a temp folder anybody may have put it there first.
 */
export const ensureOwnedFolder = (folder: string, mode: number): void => {
  try {
    // Recursive would give the mode to the parents too; and the umask is taken off either way.
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `The database cannot be kept in ${folder} (${code}): make it writable, or set DATABASE_URL to use a Postgres of your own.`,
    );
  }
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is not a folder: move it away, and start again.`);
  if (found.uid !== me()) throw new Error(foreignPathMessage(folder, found.uid));
  if ((found.mode & 0o777) !== mode) chmodSync(folder, mode);
};

/** One sentence for what another user made, usually root in a first run; `path` is what has to go. */
export const foreignPathMessage = (path: string, owner: number): string =>
  `${path} belongs to user ${owner === 0 ? 'root' : owner}, and this is user ${me()}: ` +
  `run as that user, or give its database up with "${me() === 0 ? '' : 'sudo '}rm -r ${path}".`;

/** The same for the folder of the database: the state folder around it has to go too when it has the same owner. */
export const foreignHomeMessage = ({ home, stateDir }: Layout, owner: number): string =>
  foreignPathMessage(lstatSync(stateDir).uid === owner ? stateDir : home, owner);

/** Why a file in the folder of the database may not be read: the folder is another user's, or one above it is shut. */
export const shutHomeMessage = (layout: Layout): string => {
  try {
    return foreignHomeMessage(layout, lstatSync(layout.home).uid);
  } catch {
    return (
      `The database cannot be kept in ${layout.stateDir}: a folder on the way there may not be entered by user ${me()}; ` +
      'name another one with --state-dir, or set DATABASE_URL to use a Postgres of your own.'
    );
  }
};
