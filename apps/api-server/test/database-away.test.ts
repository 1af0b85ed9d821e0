import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Logger, silentLogger } from '@tripod/shared/logging/logger';
import { askDatabase } from '@tripod/testing/ask-database';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import supertest from 'supertest';
import { type Api, cat, serverUrl, startApi } from './support/api.ts';
import { killCommands, runApiServer } from './support/command.ts';

let api: Api;
let wire: TcpForwarder;
const errors: string[] = [];
const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) };

beforeEach(async () => {
  errors.length = 0;
  api = await startApi({
    logger,
    through: async (port) => {
      wire = await startTcpForwarder(port);
      return wire.port;
    },
  });
  await api.empty();
});
afterEach(async () => {
  await killCommands();
  await wire.heal();
  await api.stop();
  await wire.stop();
});

const ask = () => supertest(api.url);
const get = () => ask().get('/images.json');
const post = () => ask().post('/images.json').send(cat);
const untilReady = () => waitFor('readiness', async () => (await ask().get('/readyz')).status === 200);
const unavailable = (answer: supertest.Response): void => {
  expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  expect(answer.body).toMatchObject({ code: 'API_DATABASE_UNAVAILABLE' });
  expect(answer.headers).toMatchObject({ 'access-control-allow-origin': '*', 'x-served-by': 'api-1' });
};
/** Queries the database without the forwarder that the test breaks. */
const askDirectly = (text: string): Promise<Record<string, unknown>[]> => askDatabase(api.databaseUrl, text);

describe('a copy whose database becomes unavailable', () => {
  it('answers 503 at once, stays live, and recovers by itself', async () => {
    await wire.cut();
    unavailable(await get());
    unavailable(await post());
    expect((await ask().get('/livez')).status).toBe(200);
    const ready = await ask().get('/readyz');
    expect([ready.status, ready.body]).toEqual([
      503,
      { status: 'not ready', reasons: { database: 'connection refused' } },
    ]);
    expect((await ask().get('/metrics')).text).toContain('database_available 0');
    await wire.heal();
    await untilReady();
    expect((await post()).status).toBe(200);
    await expect(get()).resolves.toMatchObject({ status: 200, body: [cat] });
  });

  it('still refuses invalid requests with 400', async () => {
    await wire.cut();
    await expect(ask().post('/images.json').send('{')).resolves.toMatchObject({ status: 400 });
    await expect(ask().get('/images.json?indent=x')).resolves.toMatchObject({ status: 400 });
  });

  it('recovers when every session is terminated', async () => {
    await Promise.all([get(), get(), get(), get()]);
    const ended = await askDirectly(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'api-test' and datname = current_database()",
    );
    expect(ended).not.toEqual([]);
    await waitFor('a read', async () => (await get()).status === 200);
    await waitFor('a write', async () => (await post()).status === 200);
  });

  it('answers API_WRITE_UNCERTAIN to a write whose connection broke', async () => {
    const blocker = new pg.Client({ connectionString: api.databaseUrl });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query('lock table images');
      const write = post().then((answer) => answer);
      await waitFor(
        'the insert',
        async () =>
          (
            await askDirectly(
              "select 1 from pg_stat_activity where query like 'insert%' and wait_event_type = 'Lock' and datname = current_database()",
            )
          ).length > 0,
      );
      await wire.cut();
      const answer = await write;
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, undefined]);
      expect(answer.body).toMatchObject({ code: 'API_WRITE_UNCERTAIN' });
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONN|insert|127\.0\.0\.1/);
    } finally {
      await blocker.query('rollback');
      await blocker.end();
    }
    // In this run it was written: Postgres did not notice the broken connection.
    await waitFor('the row', async () => (await askDirectly('select 1 from images')).length === 1);
  });

  it('does not store a write that waits too long for a lock, and serves reads meanwhile', async () => {
    const blocker = new pg.Client({ connectionString: api.databaseUrl });
    await blocker.connect();
    try {
      await blocker.query('begin');
      await blocker.query('lock table images in share mode');
      const write = post().then((answer) => answer);
      expect((await get()).status).toBe(200);
      unavailable(await write);
    } finally {
      await blocker.query('rollback');
      await blocker.end();
    }
    await expect(get()).resolves.toMatchObject({ body: [] });
    expect((await ask().get('/readyz')).status).toBe(200);
  });

  it('gives up on a silent connection, then answers at once, and recovers', async () => {
    // It stands still, so that only attempts caused by requests are counted, none in the background.
    const clock = createFakeClock();
    const copy = await startApi({ besides: api, clock, through: () => Promise.resolve(wire.port) });
    const list = () => supertest(copy.url).get('/images.json');
    await api.database.close();
    wire.silence();
    const first = list().then((answer) => answer);
    await waitFor('the query', () => copy.database.stats().idle === 0);
    clock.advance(3000);
    unavailable(await first);
    const { accepted } = wire;
    for (let count = 0; count < 20; count += 1) unavailable(await list());
    expect(wire.accepted - accepted).toBeLessThanOrEqual(1);
    await wire.heal();
    clock.advance(500);
    await waitFor('readiness', async () => (await supertest(copy.url).get('/readyz')).status === 200);
    expect((await list()).status).toBe(200);
    await copy.stop();
  });

  it('logs the cause under the request id and does not expose it to clients', async () => {
    await wire.cut();
    const { text } = await get();
    expect(text).not.toMatch(/ECONN|refused|127\.0\.0\.1|postgres/i);
    expect(errors.length).toBeGreaterThan(0);
  });
});

const isUnavailableWarning = ({ message }: Readonly<Record<string, unknown>>): boolean =>
  /^the database ".*" at .* is not available/.test(String(message));

describe('a copy that starts without its database', () => {
  it('listens, is not ready, logs one warning, and recovers when the database is available', async () => {
    const { pathname, password, username } = new URL(api.databaseUrl);
    await wire.cut();
    const url = `postgres://${username}:${password}@127.0.0.1:${wire.port}${pathname}`;
    const command = runApiServer(['--port', '0'], { DATABASE_URL: url });
    const at = await command.url();
    expect((await fetch(`${at}/livez`)).status).toBe(200);
    const statuses = await Promise.all([fetch(`${at}/readyz`), fetch(`${at}/images.json`)]);
    expect(statuses.map(({ status }) => status)).toEqual([503, 503]);
    const warning = await waitFor('the warning', () => command.logged().find(isUnavailableWarning));
    expect(warning['message']).toBe(
      `the database "${pathname.slice(1)}" at 127.0.0.1:${wire.port} is not available: connection refused; retrying`,
    );
    await wire.heal();
    await waitFor('readiness', async () => (await fetch(`${at}/readyz`)).status === 200);
    expect((await fetch(`${at}/images.json`)).status).toBe(200);
    expect(command.logged().filter(isUnavailableWarning)).toHaveLength(1);
    expect(command.output()).not.toContain(password);
  });

  it('names a database that does not exist', async () => {
    const url = new URL(serverUrl());
    url.pathname = '/no_such_gallery';
    const command = runApiServer(['--port', '0'], { DATABASE_URL: url.href });
    const warning = await waitFor('the warning', () => command.logged().find(isUnavailableWarning));
    expect(warning['message']).toContain(
      `"no_such_gallery" at ${url.hostname}:${url.port} is not available: database "no_such_gallery" does not exist (FATAL 3D000)`,
    );
    expect((await fetch(`${await command.url()}/livez`)).status).toBe(200);
  });
});
