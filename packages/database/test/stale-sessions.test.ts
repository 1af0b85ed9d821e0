import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '@tripod/database/database';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import { askDatabase } from '@tripod/testing/ask-database';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { databaseAt, emptyDatabase, keepingLogger, portOf, throughPort } from './support/test-database.ts';

let temp: TempDatabase;
let wire: TcpForwarder;
let database: Database;
let logger: ReturnType<typeof keepingLogger>;

const list = { name: 'list', text: 'select * from things order by id' };
const add = { name: 'add', text: 'insert into things (id) values ($1)' };
const ask = (...texts: readonly string[]) => askDatabase(temp.url, ...texts);
const start = async (poolSize: number): Promise<void> => {
  database = databaseAt(throughPort(temp.url, wire.port), { logger, poolSize });
  await database.start();
  await waitFor('the database', () => database.reason() === undefined);
};
/** Prepares the statement in every session of the pool. */
const prepareEverywhere = async (poolSize: number): Promise<void> => {
  await Promise.all(Array.from({ length: poolSize }, () => database.read(list)));
};

beforeAll(async () => {
  temp = await emptyDatabase();
});
beforeEach(async () => {
  await ask('drop table if exists things', 'create table things (id int)', 'insert into things values (1)');
  wire = await startTcpForwarder(portOf(temp.url));
  logger = keepingLogger();
});
afterEach(async () => {
  await database.close();
  await wire.stop();
});
afterAll(() => temp.drop());

describe('a session whose state Postgres no longer accepts', () => {
  it.each([
    ['a new column', 'alter table things add column title text'],
    ['a changed column type', 'alter table things alter column id type bigint'],
  ])('is replaced after %s changed the result of a prepared statement', async (_what, change) => {
    await start(2);
    await prepareEverywhere(2);
    await ask(change);
    await expect(Promise.all([database.read(list), database.read(list)])).resolves.toMatchObject([
      { rowCount: 1 },
      { rowCount: 1 },
    ]);
  });

  it('is replaced after DISCARD ALL dropped its prepared statements, and a write is written once', async () => {
    await start(1);
    await database.write({ ...add, values: [2] });
    await database.write({ text: 'discard all' });
    await database.write({ ...add, values: [3] });
    expect(await ask('select id from things order by id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('is replaced after its search_path was changed', async () => {
    await start(1);
    await database.write({ text: 'set search_path to nowhere' });
    await expect(database.read(list)).resolves.toMatchObject({ rowCount: 1 });
  });

  it('is replaced after its role was changed', async () => {
    const role = `reader_${parseDatabaseUrl(temp.url).database}`;
    await ask(`create role ${role}`);
    try {
      await start(1);
      await database.write({ text: `set role ${role}` });
      await expect(database.knex('things').select()).resolves.toHaveLength(1);
    } finally {
      await ask(`drop role ${role}`);
    }
  });

  it('is not replaced repeatedly for a statement that no session accepts', async () => {
    await start(1);
    await ask('drop table things');
    await expect(database.read(list)).rejects.toMatchObject({ code: '42P01' });
    const { accepted } = wire;
    for (let count = 0; count < 5; count += 1) {
      await expect(database.read(list)).rejects.toMatchObject({ code: '42P01' });
    }
    expect(wire.accepted).toBe(accepted);
  });

  it('switches to unnamed statements after prepared statements were lost three times', async () => {
    await start(1);
    for (let count = 0; count < 3; count += 1) {
      await database.read(list);
      await database.write({ text: 'deallocate all' });
      await expect(database.read(list)).resolves.toMatchObject({ rowCount: 1 });
      await database.read(list);
    }
    expect(logger.lines.filter((line) => line.includes('prepared statements get lost'))).toHaveLength(1);
    await database.read(list);
    await expect(database.read({ text: 'select name from pg_prepared_statements' })).resolves.toMatchObject({
      rows: [],
    });
  });

  it('has no prepared statements at all with preparedStatements off', async () => {
    database = databaseAt(throughPort(temp.url, wire.port), { poolSize: 1, preparedStatements: 'off' });
    await database.start();
    await database.read(list);
    await expect(database.read({ text: 'select name from pg_prepared_statements' })).resolves.toMatchObject({
      rows: [],
    });
  });
});
