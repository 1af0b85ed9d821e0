import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectionPool, PoolBusyError } from '@tripod/database/connection-pool';
import { createConnector } from '@tripod/database/connector';
import { parseDatabaseUrl } from '@tripod/database/parse-database-url';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import { emptyDatabase } from './support/test-database.ts';

let database: TempDatabase;
let pool: ConnectionPool;
const losses: Error[] = [];
const inspected: unknown[] = [];

const openPool = (max: number): ConnectionPool => {
  pool = new ConnectionPool({
    connector: createConnector(parseDatabaseUrl(database.url), 'pool-test'),
    max,
    inspect: async (client) => void inspected.push(client),
    onIdleLoss: (error) => losses.push(error),
  });
  return pool;
};

beforeAll(async () => {
  database = await emptyDatabase();
});
afterEach(async () => {
  losses.length = 0;
  inspected.length = 0;
  await pool.close();
});
afterAll(() => database.drop());

describe('ConnectionPool', () => {
  it('gives each session the name of the application', async () => {
    const client = await openPool(1).acquire();
    const { rows } = await client.query("select current_setting('application_name') as name");
    pool.release(client);
    expect(rows).toEqual([{ name: 'pool-test' }]);
  });

  it('opens no connection before one is needed, and reuses it', async () => {
    openPool(2);
    expect(pool.stats).toEqual({ total: 0, idle: 0, waiting: 0 });
    const first = await pool.acquire();
    pool.release(first);
    const second = await pool.acquire();
    pool.release(second);
    expect(second).toBe(first);
    expect(pool.stats).toEqual({ total: 1, idle: 1, waiting: 0 });
  });

  it('refuses further requests at once when 500 are waiting, and serves the waiting ones', async () => {
    openPool(1);
    const holder = await pool.acquire();
    const waiting = Array.from({ length: 500 }, () => pool.acquire());
    await expect(pool.acquire()).rejects.toBeInstanceOf(PoolBusyError);
    expect(pool.stats.waiting).toBe(500);
    pool.release(holder);
    for (const one of waiting) pool.release(await one);
    expect(pool.stats).toEqual({ total: 1, idle: 1, waiting: 0 });
  });

  it('makes no request wait longer than 2 s for a free connection, however many are waiting', async () => {
    openPool(1);
    const holder = await pool.acquire();
    const waiting = Array.from({ length: 100 }, () => pool.acquire());
    const outcomes = await Promise.allSettled(waiting);
    expect(
      outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason instanceof PoolBusyError),
    ).toHaveLength(100);
    expect(pool.stats.waiting).toBe(0);
    pool.release(holder);
    pool.release(await pool.acquire());
  });

  it('survives and reports the loss of an idle connection', async () => {
    openPool(2);
    const [killer, killed] = [await pool.acquire(), await pool.acquire()];
    const { rows } = await killed.query<{ pid: number }>('select pg_backend_pid() as pid');
    pool.release(killed);
    await killer.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await waitFor('the loss', () => losses.length > 0);
    pool.release(killer);
    expect(pool.stats.total).toBe(1);
  });

  it('survives the loss of a lent connection, whose query fails', async () => {
    openPool(2);
    const [killer, killed] = [await pool.acquire(), await pool.acquire()];
    const { rows } = await killed.query<{ pid: number }>('select pg_backend_pid() as pid');
    const asleep = expect(killed.query('select pg_sleep(2)')).rejects.toMatchObject({ code: '57P01' });
    const ended = new Promise<void>((resolve) => {
      killed.once('end', resolve);
    });
    await killer.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await asleep;
    // The connection ends while it is lent, which emits a separate error event.
    await ended;
    pool.release(killed);
    pool.release(killer);
    await waitFor('its removal', () => pool.stats.total === 1);
  });

  it('cuts only idle connections', async () => {
    openPool(2);
    const [lent, idle] = [await pool.acquire(), await pool.acquire()];
    pool.release(idle);
    pool.cutIdle();
    // Acquired before the pool has noticed that the connections were cut.
    const fresh = await pool.acquire();
    expect(fresh).not.toBe(idle);
    await expect(fresh.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    pool.release(fresh);
    await expect(lent.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    pool.release(lent);
  });

  it('inspects a connection once, before it is lent for the first time', async () => {
    openPool(1);
    const client = await pool.acquire();
    expect(inspected).toEqual([client]);
    pool.release(client);
    pool.release(await pool.acquire());
    expect(inspected).toHaveLength(1);
  });

  it('closes a connection that is released as ended', async () => {
    openPool(1);
    const ended = await pool.acquire();
    pool.release(ended, true);
    expect(pool.stats.total).toBe(0);
    const fresh = await pool.acquire();
    expect(fresh).not.toBe(ended);
    pool.release(fresh);
  });

  it('lends no connection that was open before `renew`, except the one that it keeps', async () => {
    openPool(3);
    const [kept, lent, idle] = [await pool.acquire(), await pool.acquire(), await pool.acquire()];
    pool.release(idle);
    pool.renew(kept);
    // A connection that is lent stays usable until it is released.
    await expect(lent.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    pool.release(lent);
    pool.release(kept);
    const next = [await pool.acquire(), await pool.acquire(), await pool.acquire()];
    expect(next).toContain(kept);
    expect(next).not.toContain(lent);
    expect(next).not.toContain(idle);
    for (const client of next) pool.release(client);
  });
});
