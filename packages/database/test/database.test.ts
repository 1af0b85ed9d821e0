import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database, DatabaseOptions } from '@tripod/database/database';
import { StartError } from '@tripod/shared/errors/start-error';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { databaseAt, emptyDatabase, keepingLogger, portOf, throughPort } from './support/test-database.ts';

let temp: TempDatabase;
let wire: TcpForwarder;
let database: Database;
let logger: ReturnType<typeof keepingLogger>;

const open = (options: Partial<DatabaseOptions> = {}): Database => {
  database = databaseAt(throughPort(temp.url, wire.port), { logger, ...options });
  return database;
};
const readOne = async (): Promise<unknown> => await database.knex.select(database.knex.raw('1 as one'));
const untilReady = (): Promise<true> => waitFor('the database', () => database.reason() === undefined);
/** On a busy machine the first attempt may exceed its time limit. */
const ready = async (options?: Partial<DatabaseOptions>): Promise<void> => {
  await open(options).start();
  await untilReady();
};
const unavailable = { code: 'API_DATABASE_UNAVAILABLE', headers: { 'Retry-After': '1' } };

beforeAll(async () => {
  temp = await emptyDatabase();
});
beforeEach(async () => {
  wire = await startTcpForwarder(portOf(temp.url));
  logger = keepingLogger();
});
afterEach(async () => {
  await database.close();
  await wire.stop();
});
afterAll(() => temp.drop());

describe('createDatabase', () => {
  it('opens no connection and refuses statements before it is started', async () => {
    open();
    await expect(readOne()).rejects.toMatchObject(unavailable);
    expect(wire.accepted).toBe(0);
    expect(database.reason()).toBe('starting');
  });

  it('serves knex and prepared statements on the same connections', async () => {
    await ready({ poolSize: 1 });
    const { accepted } = wire;
    await expect(readOne()).resolves.toEqual([{ one: 1 }]);
    const query = { name: 'two', text: 'select $1::int as two', values: [2] };
    await expect(database.read(query)).resolves.toMatchObject({ rows: [{ two: 2 }] });
    await expect(
      database.knex.transaction(async (trx) => await trx.raw('select 3 as three')),
    ).resolves.toMatchObject({
      rows: [{ three: 3 }],
    });
    expect(wire.accepted).toBe(accepted);
    expect(database.stats()).toEqual({ total: 1, idle: 1, waiting: 0 });
  });

  it('limits the time of statements, locks and idle transactions in each session', async () => {
    await ready();
    const { rows } = await database.read({
      text: `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
        current_setting('idle_in_transaction_session_timeout') as idle`,
    });
    expect(rows).toEqual([{ lock: '2s', statement: '2500ms', idle: '10s' }]);
  });

  it('refuses a statement that may write in `read`', async () => {
    await ready();
    const text = 'with added as (insert into t values (1) returning n) select n from added';
    await expect(database.read({ text })).rejects.toThrow(TypeError);
    await expect(database.read({ text: 'delete from t' })).rejects.toThrow('use write()');
  });

  it('gives failures of knex error codes, too: unavailable for a read, uncertain for a write', async () => {
    await ready();
    await Promise.all([readOne(), readOne()]);
    const read = expect(database.knex.raw('select pg_sleep(2)')).rejects.toMatchObject(unavailable);
    const write = expect(database.knex.raw('do $$ begin perform pg_sleep(2); end $$')).rejects.toMatchObject({
      code: 'API_WRITE_UNCERTAIN',
    });
    await waitFor('both statements', () => database.stats().idle === 0);
    await wire.cut();
    await Promise.all([read, write]);
  });

  it('reports a transaction as unavailable when its connection broke before COMMIT: nothing was written', async () => {
    await ready();
    const broken = database.knex.transaction(async (trx) => {
      await trx.raw('create table lost_table (n int)');
      await wire.cut();
      await trx.raw('insert into lost_table values (1)');
    });
    await expect(broken).rejects.toMatchObject(unavailable);
  });

  it('never confirms a transaction in which a statement failed', async () => {
    await ready();
    const failed = database.knex.transaction(async (trx) => {
      await expect(trx.raw('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
    });
    await expect(failed).rejects.toMatchObject(unavailable);
  });

  it('warns once when the server may lose committed writes', async () => {
    await ready();
    await wire.cut();
    await waitFor('the absence', () => database.reason() !== undefined);
    await wire.heal();
    await untilReady();
    const { rows } = await database.read({ text: "select current_setting('fsync') as fsync" });
    const warnings = logger.lines.filter((line) => line.includes('may lose writes in a crash'));
    expect(warnings).toHaveLength((rows[0] as { fsync: string }).fsync === 'off' ? 1 : 0);
  });

  it('runs `prepare` before any statement', async () => {
    const order: string[] = [];
    open({
      prepare: async () => {
        order.push('preparing');
        await expect(readOne()).rejects.toMatchObject(unavailable);
      },
    });
    await database.start();
    order.push(database.reason() ?? 'ready');
    expect(order).toEqual(['preparing', 'ready']);
  });

  it('throws a permanent error of `prepare`', async () => {
    open({ prepare: () => Promise.reject(new StartError('The table is round.')) });
    await expect(database.start()).rejects.toThrow('The table is round.');
  });

  it('starts while the database is unavailable, logs one line, and recovers when the database is available', async () => {
    await wire.cut();
    await open().start();
    expect(database.reason()).toBe('connection refused');
    await expect(readOne()).rejects.toMatchObject(unavailable);
    await wire.heal();
    await untilReady();
    await expect(readOne()).resolves.toEqual([{ one: 1 }]);
    const { database: name } = throughPort(temp.url, wire.port);
    const where = `the database "${name}" at 127.0.0.1:${wire.port}`;
    expect(logger.lines.filter((line) => !line.includes('may lose writes'))).toEqual([
      `warn ${where} is not available: connection refused; retrying`,
      `info ${where} is available again`,
    ]);
  });

  it('keeps opening connections while the network is silent, so that the return is noticed', async () => {
    const clock = createFakeClock();
    wire.silence();
    const started = open({ clock }).start();
    await waitFor('the first question', () => wire.accepted === 1);
    clock.advance(500);
    await waitFor('another one', () => wire.accepted === 2);
    await wire.heal();
    clock.advance(500);
    await started;
    expect(database.reason()).toBeUndefined();
  });

  it('logs that the database does not exist', async () => {
    const address = throughPort(temp.url.replace(/[^/]+$/, 'no_such_database'), portOf(temp.url));
    database = databaseAt(address, { logger });
    await database.start();
    expect(logger.lines).toEqual([
      `warn the database "no_such_database" at 127.0.0.1:${portOf(temp.url)} is not available: database "no_such_database" does not exist (FATAL 3D000); this will not change by itself: correct DATABASE_URL or the server`,
    ]);
  });

  it('notices without any request that the database is unavailable, and runs `prepare` again when it is back', async () => {
    let prepared = 0;
    open({
      prepare: () => {
        prepared += 1;
        return Promise.resolve();
      },
    });
    await database.start();
    await wire.cut();
    await waitFor('the absence', () => database.reason() !== undefined);
    await wire.heal();
    await untilReady();
    expect(prepared).toBe(2);
  });

  it('reports a write that lost its connection as uncertain, and a read as unavailable', async () => {
    await ready();
    await Promise.all([readOne(), readOne()]);
    const sleeping = { text: 'select pg_sleep(2)' };
    const write = expect(database.write(sleeping)).rejects.toMatchObject({
      code: 'API_WRITE_UNCERTAIN',
      headers: {},
    });
    const read = expect(database.read(sleeping)).rejects.toMatchObject(unavailable);
    await waitFor('both statements', () => database.stats().idle === 0 && database.stats().total === 2);
    await wire.cut();
    await Promise.all([write, read]);
  });

  it('reports a write that could not be sent as unavailable', async () => {
    await ready();
    await wire.cut();
    await waitFor('the loss', () => database.stats().total === 0);
    await expect(database.write({ text: 'select 1' })).rejects.toMatchObject(unavailable);
  });

  it('cuts a silent connection, then refuses at once, and recovers', async () => {
    await ready();
    wire.silence();
    const write = database.write({ text: 'select 1' });
    await expect(write).rejects.toMatchObject({ code: 'API_WRITE_UNCERTAIN' });
    // Further reads do not wait: they fail without using the network.
    const accepted = wire.accepted;
    await expect(Promise.all([readOne(), readOne()])).rejects.toMatchObject(unavailable);
    expect(database.stats().idle).toBe(0);
    expect(wire.accepted - accepted).toBeLessThanOrEqual(1);
    await wire.heal();
    await untilReady();
    await expect(readOne()).resolves.toEqual([{ one: 1 }]);
  });

  it('does not try the other idle connections one by one when one of them was found dead', async () => {
    const clock = createFakeClock();
    await ready({ clock });
    await Promise.all([readOne(), readOne()]);
    expect(database.stats().idle).toBe(2);
    wire.silence();
    const read = expect(readOne()).rejects.toMatchObject(unavailable);
    await waitFor('the query', () => database.stats().idle === 1);
    clock.advance(3000);
    await read;
    await wire.heal();
    clock.advance(500);
    await untilReady();
    // The clock does not advance, so a query on the other idle connection would never time out.
    await expect(Promise.all([readOne(), readOne()])).resolves.toHaveLength(2);
  });

  it('continues to serve when the server ends a session', async () => {
    await ready({ poolSize: 1 });
    await expect(
      database.read({ text: 'select pg_terminate_backend(pg_backend_pid())' }),
    ).rejects.toMatchObject(unavailable);
    await untilReady();
    await expect(readOne()).resolves.toEqual([{ one: 1 }]);
  });

  it('fails a statement that waits too long for a lock, and writes nothing', async () => {
    await ready();
    const { knex } = database;
    await knex.raw('create table locked (n int)');
    await knex.transaction(async (trx) => {
      await trx.raw('lock table locked');
      await expect(knex('locked').insert({ n: 1 })).rejects.toMatchObject(unavailable);
    });
    await expect(knex('locked').count()).resolves.toEqual([{ count: '0' }]);
    expect(database.reason()).toBeUndefined();
  });

  it('never lends a connection that is still inside a transaction', async () => {
    await ready({ poolSize: 1 });
    await database.knex.raw('begin');
    await expect(
      database.read({
        text: 'select txid_current_if_assigned() as id, now() = statement_timestamp() as alone',
      }),
    ).resolves.toMatchObject({ rows: [{ id: null, alone: true }] });
  });

  it('is busy, not away, while all its connections are in use', async () => {
    await ready({ poolSize: 1 });
    const work = await database.knex.transaction();
    await expect(readOne()).rejects.toMatchObject(unavailable);
    expect(database.reason()).toBeUndefined();
    await work.rollback();
    await expect(readOne()).resolves.toEqual([{ one: 1 }]);
    expect(logger.lines.filter((line) => line.includes('not available'))).toEqual([]);
  });

  it('waits for running statements when it is closed', async () => {
    await ready();
    const work = database.read({ text: 'select 1 as one from pg_sleep(1.5)' });
    await waitFor('the statement', () => database.stats().idle === 0);
    await database.close();
    await expect(work).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await waitFor('the end of all connections', () => wire.open === 0);
  });
});
