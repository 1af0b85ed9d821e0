import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { createDatabase } from '@tripod/database/database';
import { migrate } from '@tripod/database/migrate';
import { createMigrationDirectory } from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { systemClock } from '@tripod/shared/async/clock';
import { silentLogger } from '@tripod/shared/logging/logger';
import { createPostgresVisits } from '@tripod/state/postgres/postgres-visits';
import { stateMigrations } from '@tripod/state/postgres/state-migrations';
import { askDatabase } from '@tripod/testing/ask-database';
import { createTempDatabase } from '@tripod/testing/temp-database';

it('visits in Postgres delete expired sessions before the first visit and every 1,000 visits', async () => {
  const { url, drop } = await createTempDatabase({ serverUrl: process.env['TEST_DATABASE_URL'] ?? '' });
  const address = parseDatabaseUrl(url);
  const common = { address, applicationName: 'visits-test', logger: silentLogger, clock: systemClock };
  await migrate({ ...common, source: createMigrationDirectory(stateMigrations.visits) });
  const database = createDatabase({
    ...common,
    poolSize: 2,
    random: Math.random,
    allowUnsafeDurability: true,
    prepare: () => Promise.resolve(),
  });
  await database.start();
  const expire = (count: number) =>
    askDatabase(
      url,
      `insert into visit_sessions (id, visits, expires_at)
        select gen_random_uuid(), 1, now() - interval '1 s' from generate_series(1, ${count})`,
    );
  const expired = async () =>
    (
      await askDatabase<{ count: number }>(
        url,
        'select count(*)::int as count from visit_sessions where expires_at < now()',
      )
    )[0]?.count;
  try {
    const visits = createPostgresVisits(database, randomUUID);
    await expire(50);
    await visits.visit(undefined);
    expect(await expired()).toBe(0);
    await expire(50);
    await Promise.all(Array.from({ length: 998 }, () => visits.visit(undefined)));
    expect(await expired()).toBe(50);
    await visits.visit(undefined);
    await visits.visit(undefined);
    expect(await expired()).toBe(0);
  } finally {
    await database.close();
    await drop();
  }
});
