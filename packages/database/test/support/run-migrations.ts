/** A process that migrates DATABASE_URL by the files of the folder beside it, says "migrating" first and "done" last. */
import { migrate } from '@tripod/database/migrate';
import { createMigrationDirectory } from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { silentLogger } from '@tripod/shared/logging/logger';
import { systemClock } from '@tripod/shared/process/clock';

console.log('migrating');
const applied = await migrate({
  address: parseDatabaseUrl(process.env['DATABASE_URL'] ?? ''),
  applicationName: 'migrations-test',
  source: createMigrationDirectory(new URL('migrations/', import.meta.url)),
  logger: silentLogger,
  clock: systemClock,
});
console.log(`done ${applied.length}`);
