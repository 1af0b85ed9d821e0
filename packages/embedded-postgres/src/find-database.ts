import { fileURLToPath } from 'node:url';
import { type DatabaseAddress, parseDatabaseUrl } from '@tripod/database/parse-database-url';
import type { ConfigOf } from '@tripod/shared/config/settings';
import { StartError } from '@tripod/shared/errors/start-error';
import type { Logger } from '@tripod/shared/logging/logger';
import type { ShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { databaseSettings } from './database-settings.ts';

export type FindDatabaseContext = {
  readonly logger: Logger;
  /** Refuses the project's own Postgres: without DATABASE_URL, production must not start on an empty database. */
  readonly production: boolean;
  /** Receives the step that disconnects from the project's own Postgres. */
  readonly undo: ShutdownStack;
};

/** `.tripod` in the checkout of this file, whatever the working directory is. */
const stateDirOfCheckout = (): string => fileURLToPath(new URL('../../../.tripod', import.meta.url));

const embeddedAddress = async (stateDir: string, { logger, undo }: FindDatabaseContext): Promise<string> => {
  const { joinEmbeddedPostgres } = await import('./join-embedded-postgres.ts');
  const { databaseUrl, started, dataDir, leave } = await joinEmbeddedPostgres({
    stateDir,
    onProgress: (message) => logger.info(message),
    onGuardLost: (error) => logger.error(error.message),
  });
  undo.push("the project's Postgres", leave);
  const how = started ? 'started' : 'joined';
  logger.info(`DATABASE_URL is not set: ${how} the project's own Postgres`, { dataDir });
  return databaseUrl;
};

/**
 * Finds the database of the configuration: DATABASE_URL, or the project's own Postgres. Throws a ConfigError when the
 * URL is malformed, and a StartError when it is missing and the project's own Postgres must not be used.
 */
export const findDatabase = async (
  config: Pick<ConfigOf<typeof databaseSettings>, 'databaseUrl' | 'embeddedDatabase' | 'stateDir'>,
  context: FindDatabaseContext,
): Promise<DatabaseAddress> => {
  if (config.databaseUrl !== undefined) return parseDatabaseUrl(config.databaseUrl);
  if (context.production || !config.embeddedDatabase) {
    const why = context.production ? 'NODE_ENV is production' : '--no-embedded-database is given';
    throw new StartError(
      `DATABASE_URL is missing, and ${why}: set it to the address of a Postgres database.`,
    );
  }
  return parseDatabaseUrl(await embeddedAddress(config.stateDir ?? stateDirOfCheckout(), context));
};
