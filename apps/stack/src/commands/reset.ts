import type { Settings } from '@tripod/shared/config/settings';
import { StartError, toStartError } from '@tripod/shared/errors/start-error';
import type { CommandClient, CommandDefinition } from '../command/command-definition.ts';
import { takeStackLock } from '../control/stack-lock.ts';
import { createStateFolder } from '../control/state-folder.ts';

const settings = {
  yes: { type: 'boolean', default: false, environment: false, description: 'Do not ask' },
} as const satisfies Settings;

/**
 * Empties the embedded database. Throws a StartError for the database of DATABASE_URL, while a stack runs, and
 * without consent.
 */
const resetDatabase = async (client: CommandClient, yes: boolean): Promise<void> => {
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
    if (!(await confirm(`Delete all data of the database in ${stateDir} for good?`))) {
      print('nothing was changed');
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

/** `stack reset`: empties the embedded database. */
export const reset: CommandDefinition = {
  name: 'reset',
  description: () => 'Empty the embedded database',
  example: ['reset', 'begin with an empty database'],
  settings: () => settings,
  run: (client, { config }) => resetDatabase(client, config['yes'] === true),
};
