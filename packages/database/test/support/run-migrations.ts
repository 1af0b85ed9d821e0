/**
 * A process that migrates by the files of the folder beside it: each line of its input is the URL of a database, and
 * each one of its output says what came of it.
 */
import { createInterface } from 'node:readline';
import { classifyDatabaseError } from '@tripod/database/database-errors';
import { migrate } from '@tripod/database/migrate';
import { createMigrationDirectory } from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';

const run = async (url: string): Promise<readonly string[]> => {
  try {
    return await migrate({
      address: parseDatabaseUrl(url),
      applicationName: `copy ${process.pid}`,
      source: createMigrationDirectory(new URL('migrations/', import.meta.url)),
      logger: silentLogger,
      clock: systemClock,
    });
  } catch (error) {
    // A copy retries as well: on a busy machine an attempt may time out for reasons unrelated to the migrations.
    if (classifyDatabaseError(error) !== 'lost') throw error;
    return await run(url);
  }
};

console.log('ready');
for await (const url of createInterface({ input: process.stdin })) {
  console.log(
    await run(url).then(
      (names) => `migrated ${names.length}`,
      (error: unknown) => `failed: ${String(error)}`,
    ),
  );
}
