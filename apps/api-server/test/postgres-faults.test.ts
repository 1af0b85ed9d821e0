import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.ts';

// A guard for a busy machine: Postgres is started, killed and started again.
jest.setTimeout(300_000);

let postgres: OwnPostgres;
let api: Api;
beforeAll(async () => {
  postgres = await startOwnPostgres();
});
beforeEach(async () => {
  await postgres.ask('truncate images');
  api = await startApi({ besides: postgres, allowUnsafeDurability: false });
});
afterEach(() => api.stop());
afterAll(() => postgres.stop());

const list = ({ url } = api) => supertest(url).get('/images.json');
const post = (title = cat.title) =>
  supertest(api.url)
    .post('/images.json')
    .send({ ...cat, title });
const ready = ({ url } = api) => supertest(url).get('/readyz');
const unavailable = (answer: supertest.Response): void => {
  expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
    503,
    'API_DATABASE_UNAVAILABLE',
    '1',
  ]);
};
const until = (what: string, is: () => Promise<boolean>): Promise<true> => waitFor(what, is, 60_000);
const untilHealed = (copy = api): Promise<true> =>
  until('a list', async () => (await ready(copy)).status === 200 && (await list(copy)).status === 200);
const stored = async (title: string): Promise<number> =>
  (await postgres.ask(`select 1 from images where title = '${title}'`)).length;

describe('a Postgres that is killed', () => {
  it('is answered for with 503, and used again as soon as it is back, with all that was confirmed', async () => {
    const confirmed: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const writes = Array.from({ length: 8 }, (_, index) => `round ${round} write ${index}`);
      const answers = writes.map((title) => post(title).then((answer) => ({ title, answer })));
      await Promise.race(answers);
      postgres.kill();
      for (const { title, answer } of await Promise.all(answers)) {
        if (answer.status === 200) confirmed.push(title);
        else expect(answer.status).toBe(503);
      }
      await untilHealed();
    }
    await expect(post('last')).resolves.toMatchObject({ status: 200 });
    const titles = (await postgres.ask('select title from images')).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining([...confirmed, 'last']));
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('a Postgres that accepts connections and never answers', () => {
  it('leaves a write uncertain, is then refused for at once, and used again when it goes on', async () => {
    await expect(list()).resolves.toMatchObject({ status: 200 });
    postgres.signal('SIGSTOP', 'all');
    try {
      const write = await post('stopped');
      expect([write.status, write.body.code, write.headers['retry-after']]).toEqual([
        503,
        'API_WRITE_UNCERTAIN',
        undefined,
      ]);
      for (const answer of await Promise.all([list(), list(), post()])) unavailable(answer);
      expect((await ready()).status).toBe(503);
    } finally {
      postgres.signal('SIGCONT', 'all');
    }
    await untilHealed();
    await expect(post('after')).resolves.toMatchObject({ status: 200 });
    // It was there already when the server stopped, which did not know that nobody waited any more.
    expect(await stored('stopped')).toBeLessThanOrEqual(1);
  });

  it('keeps a copy that starts meanwhile waiting, and those at rest who have their connections', async () => {
    await expect(list()).resolves.toMatchObject({ status: 200 });
    postgres.signal('SIGSTOP', 'postmaster');
    let late: Api | undefined;
    try {
      await expect(list()).resolves.toMatchObject({ status: 200 });
      await expect(post()).resolves.toMatchObject({ status: 200 });
      late = await startApi({ besides: postgres, startsAway: true });
      expect((await ready(late)).body).toMatchObject({ reasons: { database: 'no answer' } });
      unavailable(await list(late));
      postgres.signal('SIGCONT', 'postmaster');
      await untilHealed(late);
      await expect(list(late)).resolves.toMatchObject({ body: [cat] });
    } finally {
      postgres.signal('SIGCONT', 'postmaster');
      await late?.stop();
    }
  });
});

describe('a Postgres that came back as a standby', () => {
  it('is read and never written to, and written to again when it is promoted', async () => {
    await expect(post('before')).resolves.toMatchObject({ status: 200 });
    postgres.comeBackAs('standby');
    await until('the standby', async () => (await ready()).status !== 200);
    await untilHealed();
    await expect(list()).resolves.toMatchObject({ body: [{ ...cat, title: 'before' }] });
    for (const answer of await Promise.all([post('none'), post('none')])) unavailable(answer);
    expect((await ready()).status).toBe(200);
    await postgres.ask('select pg_promote()');
    await until('a write', async () => (await post('after')).status === 200);
    expect([await stored('before'), await stored('none'), await stored('after')]).toEqual([1, 0, 1]);
  });

  it('is away while it lets nobody in, and its reason is told', async () => {
    await postgres.ask('alter system set hot_standby = off');
    postgres.comeBackAs('standby');
    await until('the reason', async () => /starting up/.test(String((await ready()).body.reasons?.database)));
    unavailable(await list());
    unavailable(await post());
    expect((await supertest(api.url).get('/livez')).status).toBe(200);
    postgres.comeBackAs('primary');
    await untilHealed();
    await postgres.ask('alter system reset hot_standby');
    await expect(post()).resolves.toMatchObject({ status: 200 });
  });
});
