import { randomUUID } from 'node:crypto';
import { createDatabase } from '@tripod/database/database';
import { migrate } from '@tripod/database/migrate';
import { createResourceMigrations } from '@tripod/database/resource-migrations';
import { findDatabase } from '@tripod/embedded-postgres/find-database';
import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { createPostgresStore } from '@tripod/state/postgres/postgres-store';
import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import { parseStateUrl } from '@tripod/state/redis/parse-state-url';
import { createRedisStore } from '@tripod/state/redis/redis-store';
import type { StateStore } from '@tripod/state/store/state-store';
import type { WorkerConfig } from './config.ts';

export type OpenStoreContext = {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly production: boolean;
  /** Gets the steps that close what was opened. */
  readonly undo: ShutdownStack;
};

const openRedisStore = async (
  stateUrl: string,
  config: WorkerConfig,
  context: OpenStoreContext,
): Promise<StateStore> => {
  const store = createRedisStore({
    ...context,
    address: parseStateUrl(stateUrl),
    clientName: config.name,
    random: Math.random,
    createUuid: randomUUID,
  });
  context.undo.push('the state store', store.close);
  await store.start();
  return store;
};

const openPostgresStore = async (config: WorkerConfig, context: OpenStoreContext): Promise<StateStore> => {
  const { logger, clock, undo } = context;
  const address = await findDatabase(config, context);
  const common = { address, applicationName: config.name, logger, clock };
  // The API migrates the same database; whichever comes first makes the tables.
  const source = createResourceMigrations([{ name: 'jobs', migrations: { folder: stateMigrations.jobs } }]);
  const database = createDatabase({
    ...common,
    poolSize: config.poolSize,
    random: Math.random,
    allowUnsafeDurability: config.allowUnsafeDurability,
    preparedStatements: config.preparedStatements,
    prepare: async (signal) => void (await migrate({ ...common, source, isShared: true, signal })),
  });
  undo.push('the database', database.close);
  const store = createPostgresStore({ ...common, database, createUuid: randomUUID });
  undo.push('the state store', store.close);
  await database.start();
  return store;
};

/**
 * Opens the store that holds the jobs: Redis with `stateUrl`, otherwise Postgres. The store may be unavailable at
 * first. Throws a ConfigError for a malformed address and a StartError for what only an operator can correct.
 */
export const openStore = (config: WorkerConfig, context: OpenStoreContext): Promise<StateStore> =>
  config.stateUrl === undefined
    ? openPostgresStore(config, context)
    : openRedisStore(config.stateUrl, config, context);
