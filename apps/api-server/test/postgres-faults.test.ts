import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import supertest from 'supertest';
import { type Api, cat, startApi } from './support/api.ts';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.ts';

// An upper bound for a busy machine: Postgres is started, killed and started again.
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
const untilRecovered = (copy = api): Promise<true> =>
  until('a list', async () => (await ready(copy)).status === 200 && (await list(copy)).status === 200);
const stored = async (title: string): Promise<number> =>
  (await postgres.ask(`select 1 from images where title = '${title}'`)).length;

describe('a Postgres that is killed', () => {
  it('makes requests fail with 503, and is used again once it is back, with all confirmed rows', async () => {
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
      await untilRecovered();
    }
    await expect(post('last')).resolves.toMatchObject({ status: 200 });
    const titles = (await postgres.ask('select title from images')).map(({ title }) => title);
    expect(titles).toEqual(expect.arrayContaining([...confirmed, 'last']));
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('a Postgres that accepts connections and never answers', () => {
  it('makes one write uncertain and later ones fail at once, and is used again when it resumes', async () => {
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
    await untilRecovered();
    await expect(post('after')).resolves.toMatchObject({ status: 200 });
    // The insert had already reached Postgres when it was stopped.
    expect(await stored('stopped')).toBeLessThanOrEqual(1);
  });

  it('keeps a starting copy not ready and does not disturb idle copies', async () => {
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
      await untilRecovered(late);
      await expect(list(late)).resolves.toMatchObject({ body: [cat] });
    } finally {
      postgres.signal('SIGCONT', 'postmaster');
      await late?.stop();
    }
  });
});

describe('a Postgres that restarts as a standby', () => {
  it('is read but not written to, until it is promoted', async () => {
    await expect(post('before')).resolves.toMatchObject({ status: 200 });
    postgres.restartAs('standby');
    await until('the standby', async () => (await ready()).status !== 200);
    await untilRecovered();
    await expect(list()).resolves.toMatchObject({ body: [{ ...cat, title: 'before' }] });
    for (const answer of await Promise.all([post('none'), post('none')])) unavailable(answer);
    expect((await ready()).status).toBe(200);
    await postgres.ask('select pg_promote()');
    await until('a write', async () => (await post('after')).status === 200);
    expect([await stored('before'), await stored('none'), await stored('after')]).toEqual([1, 0, 1]);
  });

  it('is unavailable while it refuses connections, and /readyz says why', async () => {
    await postgres.ask('alter system set hot_standby = off');
    postgres.restartAs('standby');
    await until('the reason', async () =>
      /starting up|not (?:yet )?accepting connections/.test(String((await ready()).body.reasons?.database)),
    );
    unavailable(await list());
    unavailable(await post());
    expect((await supertest(api.url).get('/livez')).status).toBe(200);
    postgres.restartAs('primary');
    await untilRecovered();
    await postgres.ask('alter system reset hot_standby');
    await expect(post()).resolves.toMatchObject({ status: 200 });
  });
});
