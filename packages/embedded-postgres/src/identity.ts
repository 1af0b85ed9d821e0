import { readFileSync, statSync } from 'node:fs';

/** Whom Postgres runs as: empty for the user that runs this process. */
export type Identity = { readonly uid?: number; readonly gid?: number };

/**
 * Postgres refuses to run as root. Root gets the owner of the data that is already there (so that a user `postgres` who
 * appears later changes nothing), else user `postgres`, else `nobody`; anyone else runs it as themselves.
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
