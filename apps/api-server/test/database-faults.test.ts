import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import pg from 'pg';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';

/** Closes what a test opened, in reverse order. */
const undo: (() => Promise<unknown>)[] = [];
let api: Api;
beforeEach(async () => {
  api = await startApi();
  await api.empty();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await api.stop();
});

const list = ({ url } = api) => supertest(url).get('/images.json');
const page = () => supertest(api.url).get('/images.json?limit=5');
const post = ({ url } = api) => supertest(url).post('/images.json').send(cat);
const unavailable = (answer: supertest.Response): void => {
  expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
    503,
    'API_DATABASE_UNAVAILABLE',
    '1',
  ]);
  expect(answer.text).not.toMatch(/disk|connections|postgres|stack|at \//i);
};
const run = async (text: string): Promise<void> => {
  await api.database.knex.raw(text);
};
const connect = async (login?: { user: string; password: string }): Promise<pg.Client> => {
  const url = new URL(api.databaseUrl);
  if (login) Object.assign(url, { username: login.user, password: login.password });
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

describe('a database that cannot store anything', () => {
  it.each([
    ['the disk is full', '53100'],
    ['there is no memory', '53200'],
    ['the disk fails', '58030'],
    ['it is read-only', '25006'],
  ])('makes the API refuse writes while %s (%s), serve lists, and recover', async (_what, state) => {
    await run(`create function fail() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file' using errcode = '${state}'; end $$`);
    await run('create trigger fail before insert on images for each row execute function fail()');
    for (const answer of await Promise.all([post(), post(), post()])) unavailable(answer);
    await expect(list()).resolves.toMatchObject({ status: 200, body: [] });
    await expect(supertest(api.url).get('/readyz')).resolves.toMatchObject({ status: 200 });
    await run('drop function fail() cascade');
    await expect(post()).resolves.toMatchObject({ status: 200 });
  });
});

describe('a database without free connections', () => {
  it('makes requests fail with 503 at once, until a connection is free', async () => {
    const login = { user: `limited_${randomUUID().replaceAll('-', '')}`, password: 'secret-of-limited' };
    await run(`create role ${login.user} login password '${login.password}' connection limit 2`);
    undo.push(() => run(`drop owned by ${login.user}; drop role ${login.user}`));
    await run(`grant all on images to ${login.user}`);
    const holders = [await connect(login), await connect(login)];
    undo.push(() => Promise.all(holders.map((holder) => holder.end())));
    const crowded = await startApi({ besides: api, login, startsAway: true });
    undo.push(crowded.stop);
    unavailable(await list(crowded));
    unavailable(await post(crowded));
    const ready = await supertest(crowded.url).get('/readyz');
    expect([ready.status, ready.body.reasons]).toEqual([
      503,
      { database: expect.stringMatching(/^too many connections for role .* \(FATAL 53300\)$/) },
    ]);
    await holders.pop()?.end();
    await waitFor('a write', async () => (await post(crowded)).status === 200);
    await expect(list(crowded)).resolves.toMatchObject({ status: 200, body: [cat] });
  });
});

describe('a lock that is held for a long time', () => {
  it('makes a bounded number of requests wait and refuses the rest at once', async () => {
    const blocker = await connect();
    undo.push(() => blocker.end());
    await blocker.query('begin');
    await blocker.query('lock table images');
    let refused = 0;
    const asked = Array.from({ length: 40 }, () =>
      page().then((answer) => {
        if (answer.status !== 200) unavailable(answer);
        refused += Number(answer.status !== 200);
      }),
    );
    // 4 hold connections and 9 wait for one. If all waited, only 4 would be refused every two seconds.
    await waitFor('27 refusals', () => refused >= 27, 11_000);
    await blocker.query('rollback');
    await Promise.all(asked);
    await expect(page()).resolves.toMatchObject({ status: 200 });
  });

  it('makes every write of a shared statement fail, and none of them is stored', async () => {
    const blocker = await connect();
    undo.push(() => blocker.end());
    await blocker.query('begin');
    await blocker.query('lock table images in share mode');
    const answers = await Promise.all(Array.from({ length: 5 }, () => post()));
    for (const answer of answers) unavailable(answer);
    await blocker.query('rollback');
    await expect(list()).resolves.toMatchObject({ status: 200, body: [] });
  });
});

describe('a server that terminates its sessions', () => {
  it('makes at most running requests fail, and is used again at once', async () => {
    const before = await Promise.all(Array.from({ length: 8 }, () => page()));
    expect(before.every(({ status }) => status === 200)).toBe(true);
    const other = await connect();
    undo.push(() => other.end());
    for (let round = 0; round < 5; round += 1) {
      const working = [post(), list(), page(), post()].map((asked) => asked.then((answer) => answer));
      await other.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'api-test' and datname = current_database()",
      );
      for (const { status } of await Promise.all(working)) expect([200, 503]).toContain(status);
      await waitFor('a read', async () => (await list()).status === 200);
      await waitFor('a write', async () => (await post()).status === 200);
    }
  });
});
