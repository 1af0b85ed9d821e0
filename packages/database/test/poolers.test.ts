import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '@tripod/database/database';
import { migrate } from '@tripod/database/migrate';
import { createMigrationDirectory } from '@tripod/database/migration-directory';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { systemClock } from '@tripod/shared/async/clock';
import { askDatabase } from '@tripod/testing/ask-database';
import { findInstalledPgbouncer } from '@tripod/testing/installed-pgbouncer';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { type PgBouncer, startPgBouncer } from './support/start-pgbouncer.ts';
import { databaseAt, emptyDatabase, keepingLogger, throughPort } from './support/test-database.ts';

const program = findInstalledPgbouncer();
const withPgBouncer = program === undefined ? describe.skip : describe;

withPgBouncer.each(['session', 'transaction'] as const)('behind PgBouncer in %s mode', (mode) => {
  let temp: TempDatabase;
  let pooler: PgBouncer;
  let database: Database;
  let logger: ReturnType<typeof keepingLogger>;
  const source = createMigrationDirectory(new URL('support/migrations/', import.meta.url));
  const address = () => throughPort(temp.url, pooler.port);
  const start = async (poolSize: number): Promise<void> => {
    logger = keepingLogger();
    database = databaseAt(address(), { logger, poolSize });
    await database.start();
    await waitFor('the database', () => database.reason() === undefined);
  };
  beforeAll(async () => {
    temp = await emptyDatabase();
    await askDatabase(temp.url, 'create table things (id int)');
    pooler = await startPgBouncer(program ?? '', temp.url, mode);
  });
  afterEach(() => database.close());
  afterAll(async () => {
    await pooler.stop();
    await temp.drop();
  });

  it('a database starts and serves reads, writes and transactions', async () => {
    await start(2);
    const add = { name: 'add', text: 'insert into things (id) values ($1)' };
    const count = { name: 'count', text: 'select count(*)::int as count from things' };
    await Promise.all(
      Array.from({ length: 40 }, async (_, id) => {
        await database.write({ ...add, values: [id] });
        await database.read(count);
      }),
    );
    await database.knex.transaction(async (trx) => await trx('things').insert({ id: 40 }));
    await expect(database.read(count)).resolves.toMatchObject({ rows: [{ count: 41 }] });
    expect(logger.lines.filter((line) => line.includes('not available'))).toEqual([]);
  });

  it('several copies migrate one database at once, and each migration runs once', async () => {
    await start(1);
    const applied = await Promise.all(
      [1, 2].map((copy) =>
        migrate({ address: address(), applicationName: `copy ${copy}`, source, logger, clock: systemClock }),
      ),
    );
    expect(applied.flat()).toHaveLength(2);
  });

  it('the reason for a refused connection is logged as the pooler states it', async () => {
    logger = keepingLogger();
    const wrong = new URL(address().url);
    wrong.username = 'nobody';
    database = databaseAt(parseDatabaseUrl(wrong.href), { logger });
    await database.start();
    expect(logger.lines.join('\n')).toMatch(
      /not available: .+ \(FATAL \w{5}\); this will not change by itself/,
    );
  });
});
