import { toStartError } from '@tripod/shared/errors/start-error';
import pg from 'pg';
import { joinEmbeddedPostgres } from './join-embedded-postgres.ts';

export type DropDatabaseOptions = {
  readonly stateDir: string;
  readonly database: string;
  /** Receives sentences about steps that take time. */
  readonly onProgress?: (message: string) => void;
};

/**
 * Deletes a database of the embedded Postgres, which is started for it when it does not run. Does nothing when there
 * is no such database. Throws a StartError while the database is in use.
 */
export const dropDatabase = async (options: DropDatabaseOptions): Promise<void> => {
  const joined = await joinEmbeddedPostgres(options);
  const client = new pg.Client({ connectionString: joined.databaseUrl });
  // The query fails with the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`drop database if exists ${pg.escapeIdentifier(options.database)}`);
  } catch (error) {
    throw toStartError(error);
  } finally {
    await client.end();
    await joined.leaveAndWait();
  }
};
