import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createFakeClock, type FakeClock } from '@tripod/testing/fake-clock';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';

let base: Api;
let api: Api;
let wire: TcpForwarder;
/** Stands still unless a test advances it, so that a busy machine may hold a lock for any time. */
let clock: FakeClock;
/** Closes what a test opened, in reverse order. */
const undo: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  base = await startApi();
});
beforeEach(async () => {
  await base.empty();
  clock = createFakeClock();
  api = await startApi({
    besides: { databaseUrl: `${base.databaseUrl}?lock_timeout=60000&statement_timeout=60000` },
    clock,
    through: async (port) => {
      wire = await startTcpForwarder(port);
      return wire.port;
    },
  });
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await wire.heal();
  await api.stop();
  await wire.stop();
});
afterAll(() => base.stop());

const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: base.databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  undo.push(() => client.end());
  return client;
};
const post = (title: string, { url } = api) =>
  supertest(url)
    .post('/images.json')
    .send({ ...cat, title })
    .then((answer) => answer);
const titles = async (client: pg.Client): Promise<readonly unknown[]> =>
  (await client.query<{ title: string }>('select title from images order by id')).rows.map(
    ({ title }) => title,
  );
const isInsert = "query like 'insert%' and wait_event_type = 'Lock' and datname = current_database()";
const blocked = (client: pg.Client): Promise<true> =>
  waitFor(
    'a blocked insert',
    async () => (await client.query(`select 1 from pg_stat_activity where ${isInsert}`)).rowCount === 1,
  );
/** Terminates the session of the insert and waits for its end. */
const kill = async (client: pg.Client): Promise<void> => {
  await client.query(`select pg_terminate_backend(pid, 10000) from pg_stat_activity where ${isInsert}`);
};
const uncertain = (answer: supertest.Response): void => {
  expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
    503,
    'API_WRITE_UNCERTAIN',
    undefined,
  ]);
};

/** Five writes that share one statement, which has been sent and waits for `release`. */
const group = ['a', 'b', 'c', 'd', 'e'];
const holdGroup = async () => {
  const [observer, holder, next] = [await connect(), await connect(), await connect()];
  await holder.query('begin');
  await holder.query('lock table images in share mode');
  const first = post('first');
  await blocked(observer);
  const inFlight = async () => /in_flight 7$/m.test(await (await fetch(`${api.url}/metrics`)).text());
  const answers = group.map((title) => post(title));
  await waitFor('the other requests', inFlight);
  // It is queued for the lock behind the first insert and before the next one.
  await next.query('begin');
  const locked = next.query('lock table images in share mode');
  await waitFor(
    'the next lock holder',
    async () =>
      (
        await observer.query(
          "select 1 from pg_stat_activity where query like 'lock table%' and wait_event_type = 'Lock' and datname = current_database()",
        )
      ).rowCount === 1,
  );
  await holder.query('commit');
  await locked;
  await expect(first).resolves.toMatchObject({ status: 200 });
  await blocked(observer);
  return { observer, answers, release: () => next.query('commit') };
};

describe('writes that share a statement', () => {
  it('are all uncertain when Postgres terminates their session', async () => {
    const { observer, answers, release } = await holdGroup();
    await kill(observer);
    // If they were sent again, they would succeed now.
    await release();
    for (const answer of await Promise.all(answers)) uncertain(answer);
    await expect(post('last')).resolves.toMatchObject({ status: 200 });
    await expect(titles(observer)).resolves.toEqual(['first', 'last']);
  });

  it('are all uncertain, and stored once, when they commit but the answer of Postgres is lost', async () => {
    const { observer, answers, release } = await holdGroup();
    wire.silence();
    await release();
    clock.advance(3000);
    for (const answer of await Promise.all(answers)) uncertain(answer);
    await expect(titles(observer)).resolves.toEqual(['first', ...group]);
    await wire.heal();
    clock.advance(500);
    await waitFor('readiness', async () => (await fetch(`${api.url}/readyz`)).status === 200);
    await expect(post('last')).resolves.toMatchObject({ status: 200 });
    // Nothing was sent again.
    await expect(titles(observer)).resolves.toEqual(['first', ...group, 'last']);
  });

  it('are all uncertain when their connection is reset while the copy stops', async () => {
    const { observer, answers, release } = await holdGroup();
    const stopped = api.stop();
    await waitFor('the listener to close', () =>
      fetch(`${api.url}/livez`).then(
        () => false,
        () => true,
      ),
    );
    await wire.cut();
    for (const answer of await Promise.all(answers)) uncertain(answer);
    await stopped;
    await release();
    // In this run Postgres completed the insert: an uncertain write may have been stored.
    await waitFor('the rows', async () => (await titles(observer)).length === 6);
  });

  it('are all confirmed when they commit while the copy stops', async () => {
    const { observer, answers, release } = await holdGroup();
    const stopped = api.stop();
    await release();
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    await stopped;
    await expect(titles(observer)).resolves.toEqual(['first', ...group]);
  });
});

describe('a write that exceeds statement_timeout', () => {
  it('is answered with API_DATABASE_UNAVAILABLE and is not stored', async () => {
    const client = await connect();
    await client.query(
      'create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return new; end $$',
    );
    await client.query('create trigger wait before insert on images for each row execute function wait()');
    undo.push(() => client.query('drop function wait() cascade'));
    const answer = await post('slow', base);
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
      503,
      'API_DATABASE_UNAVAILABLE',
      '1',
    ]);
    await expect(titles(client)).resolves.toEqual([]);
  });
});

describe('a write without a database connection', () => {
  it('is answered with API_DATABASE_UNAVAILABLE, even when idle connections have just been reset', async () => {
    await expect(post('one')).resolves.toMatchObject({ status: 200 });
    await wire.cut();
    for (const title of group) {
      const answer = await post(title);
      expect([answer.status, answer.body.code]).toEqual([503, 'API_DATABASE_UNAVAILABLE']);
    }
  });
});
