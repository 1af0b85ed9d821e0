import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Database } from '@tripod/database/database';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { startTestPostgres, type TestPostgres } from '@tripod/embedded-postgres/start-test-postgres';
import { waitFor } from '@tripod/shared/testing/wait-for';
import pg from 'pg';
import { databaseAt, keepingLogger } from './support/test-database.ts';

// A guard for a busy machine: a Postgres of its own is started first.
jest.setTimeout(60_000);

const settings = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };

let postgres: TestPostgres;
let database: Database;
let logger: ReturnType<typeof keepingLogger>;

const ask = async (text: string): Promise<void> => {
  const client = new pg.Client({ connectionString: postgres.urlOf() });
  await client.connect();
  await client.query(text);
  await client.end();
};
const start = async (allowUnsafeDurability: boolean): Promise<void> => {
  database = databaseAt(parseDatabaseUrl(postgres.urlOf()), {
    logger,
    allowUnsafeDurability,
    poolSize: 1,
  });
  await database.start();
};
const write = (): Promise<unknown> => database.writing(() => database.query({ text: 'select 1' }));
/** Ends the session, at which the database is looked at again, over a connection with these settings. */
const untilLooked = (is: () => boolean): Promise<true> =>
  waitFor('another look', async () => {
    await ask(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'database-test'",
    );
    return is() && database.reason() === undefined;
  });

beforeAll(async () => {
  postgres = await startTestPostgres({ settings });
});
beforeEach(() => {
  logger = keepingLogger();
});
afterEach(async () => {
  await database.close();
  await ask('alter role postgres reset all');
});
afterAll(() => postgres.stop());

describe('a database that keeps what it confirms', () => {
  it('is written to, and nothing is said', async () => {
    await start(false);
    await expect(write()).resolves.toMatchObject({ rowCount: 1 });
    expect(database.writeRefusal()).toBeUndefined();
    expect(logger.lines.filter((line) => !line.endsWith('is ready'))).toEqual([]);
  });

  it('is no longer written to once it may lose what it confirms, and again when that is mended', async () => {
    await start(false);
    await ask('alter role postgres set synchronous_commit = off');
    await untilLooked(() => database.writeRefusal() !== undefined);
    expect(database.writeRefusal()).toBe('refused: synchronous_commit off');
    await expect(write()).rejects.toMatchObject({ code: 'API_DURABILITY_OFF', headers: {} });
    await expect(database.reading(() => database.query({ text: 'select 1' }))).resolves.toBeDefined();
    await ask('alter role postgres reset all');
    await untilLooked(() => database.writeRefusal() === undefined);
    await expect(write()).resolves.toMatchObject({ rowCount: 1 });
    const said = logger.lines.filter((line) => /confirms|lose/.test(line));
    expect(said).toEqual([
      expect.stringMatching(
        /^error writes are refused, because the database .* may lose them in a crash: synchronous_commit off; switch that on, or start with --allow-unsafe-durability$/,
      ),
      expect.stringMatching(/^info the database .* keeps what it confirms again$/),
    ]);
  });

  it('is written to all the same when that is allowed, with a warning', async () => {
    await ask('alter role postgres set synchronous_commit = off');
    await start(true);
    await expect(write()).resolves.toMatchObject({ rowCount: 1 });
    expect(database.writeRefusal()).toBeUndefined();
    expect(logger.lines).toContainEqual(
      expect.stringMatching(/^warn .* may lose writes in a crash: synchronous_commit off$/),
    );
  });
});
