import { readFileSync, statSync } from 'node:fs';

/** The user that Postgres runs as; empty for the user of this process. */
export type Identity = { readonly uid?: number; readonly gid?: number };

/**
 * Finds the user for Postgres, which refuses to run as root. For root it is the owner of existing data (so that a
 * user `postgres` that is added later changes nothing), otherwise `postgres` or `nobody`. Other users run Postgres
 * themselves.
 */
export const findIdentity = (dataDir: string | undefined): Identity => {
  if (process.getuid?.() !== 0) return {};
  const owner = dataDir === undefined ? undefined : statSync(dataDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) {
    throw new Error(
      'Postgres refuses to run as root, and there is neither a user postgres nor a user nobody: run Tripod as an ordinary user, or set DATABASE_URL.',
    );
  }
  return { uid: Number(user[2]), gid: Number(user[3]) };
};
