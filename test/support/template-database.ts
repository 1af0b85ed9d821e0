import { resources } from '@tripod/api-server/resources';
import { migrate } from '@tripod/database/migrate';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { createResourceMigrations } from '@tripod/database/resource-migrations';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import pg from 'pg';

/** Migrates the template database. The database of every test file is a copy of it. */
const fillTemplate = async (templateUrl: string): Promise<void> => {
  await migrate({
    address: parseDatabaseUrl(templateUrl),
    applicationName: 'tests',
    source: createResourceMigrations(resources),
    logger: silentLogger,
    clock: systemClock,
  });
};

/** Creates the database `template_tripod` and closes it to connections, so that copying it never waits. */
export const createTemplateDatabase = async (urlOf: (database: string) => string): Promise<void> => {
  const client = new pg.Client({ connectionString: urlOf('postgres') });
  await client.connect();
  try {
    await client.query('CREATE DATABASE template_tripod');
    await fillTemplate(urlOf('template_tripod'));
    await client.query('ALTER DATABASE template_tripod WITH IS_TEMPLATE true ALLOW_CONNECTIONS false');
  } finally {
    await client.end();
  }
};
