import { createDatabase, type Database } from '@tripod/database/database';
import { migrate } from '@tripod/database/migrate';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { createResourceMigrations } from '@tripod/database/resource-migrations';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import type { ResourceDefinition } from '../../src/resource/define-resource.ts';
import { resources } from '../../src/resources.ts';

const apiMigrations = createResourceMigrations(resources);

const contextOf = (databaseUrl: string) => ({
  address: parseDatabaseUrl(databaseUrl),
  applicationName: 'api-test',
  logger: silentLogger,
  clock: systemClock,
});

/** Creates the tables of these resources, by default of all. */
export const migrateDatabase = async (
  databaseUrl: string,
  of: readonly ResourceDefinition[] = resources,
): Promise<void> => {
  await migrate({ ...contextOf(databaseUrl), source: createResourceMigrations(of) });
};

/** Opens the database as a copy does: it is migrated each time that it becomes available. */
export const openMigratedDatabase = async (
  databaseUrl: string,
  { allowUnsafeDurability }: { readonly allowUnsafeDurability: boolean },
): Promise<Database> => {
  const context = contextOf(databaseUrl);
  const database = createDatabase({
    ...context,
    poolSize: 4,
    random: Math.random,
    allowUnsafeDurability,
    prepare: async (signal) => void (await migrate({ ...context, source: apiMigrations, signal })),
  });
  await database.start();
  return database;
};
