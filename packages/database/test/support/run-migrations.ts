/** A process that migrates DATABASE_URL by the files of the folder beside it, says "migrating" first and "done" last. */
import { classifyDatabaseError } from '@tripod/database/database-errors';
import { migrate } from '@tripod/database/migrate';
import { createMigrationDirectory } from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { silentLogger } from '@tripod/shared/logging/logger';
import { systemClock } from '@tripod/shared/process/clock';

const run = async (): Promise<readonly string[]> => {
  try {
    return await migrate({
      address: parseDatabaseUrl(process.env['DATABASE_URL'] ?? ''),
      applicationName: 'migrations-test',
      source: createMigrationDirectory(new URL('migrations/', import.meta.url)),
      logger: silentLogger,
      clock: systemClock,
    });
  } catch (error) {
    // As a copy does: a busy machine may not answer in time, which says nothing of the migrations.
    if (classifyDatabaseError(error) !== 'lost') throw error;
    return await run();
  }
};

console.log('migrating');
console.log(`done ${(await run()).length}`);
