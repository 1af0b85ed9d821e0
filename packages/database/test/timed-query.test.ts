import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryTimeoutError } from '@tripod/database/database-errors';
import { timedQuery } from '@tripod/database/timed-query';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import type { TempDatabase } from '@tripod/testing/temp-database';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import { emptyDatabase, portOf, throughPort } from './support/test-database.ts';

let temp: TempDatabase;
let wire: TcpForwarder;
let client: pg.Client;
const clock = createFakeClock();
const limit = { clock, timeoutMs: 3000 };

beforeAll(async () => {
  temp = await emptyDatabase();
});
beforeEach(async () => {
  wire = await startTcpForwarder(portOf(temp.url));
  client = new pg.Client({ connectionString: throughPort(temp.url, wire.port).url });
  client.on('error', () => undefined);
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await wire.stop();
});
afterAll(() => temp.drop());

const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });

/** Blocks the event loop, as a long calculation would. */
const beBusy = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};

describe('timedQuery', () => {
  it('leaves no timer behind', async () => {
    await expect(timedQuery(client, { text: 'select 1 as one' }, limit)).resolves.toMatchObject({
      rows: [{ one: 1 }],
    });
    await expect(timedQuery(client, { text: 'select nonsense' }, limit)).rejects.toMatchObject({
      code: '42703',
    });
    expect(clock.waiting).toBe(0);
  });

  it('cuts the connection when the server stays silent', async () => {
    wire.silence();
    const query = timedQuery(client, { text: 'select 1' }, limit);
    const failed = expect(query).rejects.toBeInstanceOf(QueryTimeoutError);
    clock.advance(2999);
    await settle();
    expect(client.connection.stream.destroyed).toBe(false);
    clock.advance(1);
    await failed;
    expect(client.connection.stream.destroyed).toBe(true);
    expect(clock.waiting).toBe(0);
  });

  it('does not time out while rows arrive, however long that takes', async () => {
    let rows = 0;
    client.connection.on('dataRow', () => {
      rows += 1;
    });
    // Some rows at once, more than a packet each, and one after a pause.
    const text =
      "select repeat('x', 10000) from generate_series(1, 50) union all select 'last' from pg_sleep(0.5)";
    const query = timedQuery(client, { text }, limit);
    await waitFor('the first rows', () => rows > 0);
    clock.advance(3000);
    await settle();
    await expect(query).resolves.toMatchObject({ rowCount: 51 });
  });

  it('does not time out when the answer arrived while the process was busy', async () => {
    // Without the forwarder of the tests, which runs in this process and would block as well.
    const direct = new pg.Client({ connectionString: temp.url });
    await direct.connect();
    const query = timedQuery(direct, { text: 'select 1 as one' }, limit);
    // The query is sent before the process is busy.
    await settle();
    // Inside a timer, as with the real clock: busy until the answer must have arrived, then past the limit.
    setTimeout(() => {
      beBusy(2000);
      clock.advance(3000);
    }, 0);
    try {
      await expect(query).resolves.toMatchObject({ rows: [{ one: 1 }] });
    } finally {
      await direct.end();
    }
  });
});
