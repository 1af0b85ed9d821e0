import { createDatabase, type Database } from '@tripod/database/database';
import { type MigrateOptions, migrate } from '@tripod/database/migrate';
import type { DatabaseAddress } from '@tripod/database/parse-database-url';
import { createResourceMigrations } from '@tripod/database/resource-migrations';
import type { CliContext } from '@tripod/shared/process/run-cli';
import { type ApiServerConfig, copyNameOf } from './config.ts';
import { fillNewTables } from './demo/insert-first-rows.ts';
import { idempotency } from './idempotency/idempotency.ts';
import { resources, selectResources } from './resources.ts';

export type ApiServerContext = CliContext & {
  /** Refuses to use the project's own Postgres. */
  readonly production: boolean;
};

/** The migrations of the resources that this copy serves. New tables of the embedded database get demo rows. */
export const migrationOf = (
  address: DatabaseAddress,
  config: ApiServerConfig,
  { logger, clock }: CliContext,
  applicationName: string,
): MigrateOptions => ({
  address,
  applicationName: `${applicationName} migrating`,
  source: createResourceMigrations([...selectResources(config.resources), idempotency]),
  known: createResourceMigrations([...resources, idempotency]),
  ...(config.demoRows || config.databaseUrl === undefined
    ? { afterApply: fillNewTables(selectResources(config.resources)) }
    : {}),
  logger,
  clock,
});

/**
 * Makes the database of a copy. It connects to nothing before `start`, and migrates whenever it has become reachable.
 */
export const openDatabase = (
  address: DatabaseAddress,
  config: ApiServerConfig,
  context: ApiServerContext,
): Database => {
  const applicationName = copyNameOf(config);
  const { logger, clock } = context;
  return createDatabase({
    address,
    applicationName,
    poolSize: config.poolSize,
    logger,
    clock,
    random: Math.random,
    allowUnsafeDurability: config.allowUnsafeDurability,
    preparedStatements: config.preparedStatements,
    prepare: async (signal) => {
      await migrate({ ...migrationOf(address, config, context, applicationName), signal });
    },
  });
};
