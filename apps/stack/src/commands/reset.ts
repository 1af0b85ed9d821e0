import { basename } from 'node:path';
import type { Settings } from '@tripod/shared/config/settings';
import { StartError, toStartError } from '@tripod/shared/errors/start-error';
import type { CommandClient, CommandDefinition } from '../command/command-definition.ts';
import { takeStackLock } from '../control/stack-lock.ts';
import { createStateFolder } from '../control/state-folder.ts';
import { checkoutStateDir } from '../definition/stack-settings.ts';
import { defaultLab } from '../labs/lab-folder.ts';
import { labDatabase } from '../labs/lab-state.ts';

const settings = {
  yes: { type: 'boolean', default: false, environment: false, description: 'Do not ask' },
} as const satisfies Settings;

/**
 * Empties the embedded database. Throws a StartError for the database of DATABASE_URL, while a stack runs, and
 * without consent.
 */
const resetDatabase = async (client: CommandClient, yes: boolean, lab: string | undefined): Promise<void> => {
  const { databaseUrl, userId, print } = client;
  if (databaseUrl !== undefined) {
    throw new StartError(
      'DATABASE_URL is set, and the stack does not empty a database that it does not own; unset it for this command.',
    );
  }
  const folder = createStateFolder(client.folder.stateDir, userId);
  const { stateDir } = folder;
  const lock = await takeStackLock(folder);
  if (!lock) throw new StartError('A stack runs here and uses the database; stop it first: pnpm stack down');
  try {
    const confirm = yes ? () => Promise.resolve(true) : client.confirm;
    if (!confirm) throw new StartError('This deletes all data of the database for good; to agree, add --yes');
    const data = lab === undefined ? `of the database in ${stateDir}, of all labs,` : `of the lab ${lab}`;
    if (!(await confirm(`Delete all data ${data} for good?`))) {
      print('nothing was changed');
      return;
    }
    if (lab !== undefined) {
      const { dropDatabase } = await import('@tripod/embedded-postgres/drop-database');
      const { checkout } = client.host.dependencies;
      await dropDatabase({
        stateDir: checkoutStateDir(checkout),
        database: labDatabase(lab),
        onProgress: print,
      });
      print(`the database of the lab ${lab} is deleted; its next start creates an empty one`);
      return;
    }
    const { resetEmbeddedPostgres } = await import('@tripod/embedded-postgres/reset-embedded-postgres');
    try {
      await resetEmbeddedPostgres({ stateDir });
    } catch (error) {
      throw toStartError(error);
    }
    print('the database is empty; the next start adds the first images');
  } finally {
    lock.release();
  }
};

/** The lab whose database alone is deleted. The state folder of the default lab holds the databases of all labs. */
const findLabToReset = ({ folder }: CommandClient, lab: unknown): string | undefined =>
  lab === undefined || lab === defaultLab ? undefined : basename(folder.stateDir);

/** `stack reset`: empties the embedded database, or that of a lab. */
export const reset: CommandDefinition = {
  name: 'reset',
  description: () => 'Empty the embedded database of all labs, or delete that of the one lab of --lab',
  example: ['reset', 'begin with an empty database'],
  settings: () => settings,
  run: (client, { config }) =>
    resetDatabase(client, config['yes'] === true, findLabToReset(client, config['lab'])),
};
