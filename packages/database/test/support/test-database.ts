import { createDatabase, type Database, type DatabaseOptions } from '@tripod/database/database';
import { type DatabaseAddress, parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { systemClock } from '@tripod/shared/async/clock';
import { type Logger, silentLogger } from '@tripod/shared/logging/logger';
import { createTempDatabase, type TempDatabase } from '@tripod/testing/temp-database';

export const serverUrl = (): string => {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined)
    throw new Error('TEST_DATABASE_URL is missing: run the tests with jest.unit.config.js');
  return url;
};

/** An empty database of its own. */
export const emptyDatabase = (): Promise<TempDatabase> => createTempDatabase({ serverUrl: serverUrl() });

/** The same database, seen through another port. */
export const throughPort = (url: string, port: number): DatabaseAddress => {
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return parseDatabaseUrl(through.href);
};

export const portOf = (url: string): number => Number(new URL(url).port);

/** A database with the settings of a service, and nothing to prepare. */
export const databaseAt = (address: DatabaseAddress, options: Partial<DatabaseOptions> = {}): Database =>
  createDatabase({
    address,
    applicationName: 'database-test',
    poolSize: 2,
    logger: silentLogger,
    clock: systemClock,
    random: Math.random,
    // The server of the tests runs with fsync off.
    allowUnsafeDurability: true,
    prepare: () => Promise.resolve(),
    ...options,
  });

/** A logger that records its lines. */
export const keepingLogger = (): Logger & { readonly lines: readonly string[] } => {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (message: string): void => {
      lines.push(`${level} ${message}`);
    };
  return { ...silentLogger, info: keep('info'), warn: keep('warn'), error: keep('error'), lines };
};
