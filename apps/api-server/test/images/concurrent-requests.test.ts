import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { withClient } from '@tripod/testing/ask-database';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { startTcpForwarder, type TcpForwarder } from '@tripod/testing/tcp-forwarder';
import { waitFor } from '@tripod/testing/wait-for';
import type pg from 'pg';
import { type Api, cat, startApi } from '../support/api.ts';

type Listed = { readonly title: string }[];

let api: Api;
let second: Api;
let wire: TcpForwarder;
const clock = createFakeClock();
beforeAll(async () => {
  api = await startApi();
  second = await startApi({
    // A busy machine may hold a lock for longer than the service allows.
    besides: { databaseUrl: `${api.databaseUrl}?lock_timeout=60000&statement_timeout=60000` },
    clock,
    through: async (port) => {
      wire = await startTcpForwarder(port);
      return wire.port;
    },
  });
});
beforeEach(() => api.empty());
afterEach(() => wire.heal());
afterAll(async () => {
  await second.stop();
  await wire.stop();
  await api.stop();
});

const post = (title: string, { url } = api): Promise<Response> =>
  fetch(`${url}/images.json`, { method: 'POST', body: JSON.stringify({ ...cat, title }) });
const list = async ({ url }: Api): Promise<readonly string[]> =>
  ((await (await fetch(`${url}/images.json`)).json()) as Listed).map(({ title }) => title);
const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;
/** Works on a connection that does not pass through the forwarder that the test breaks. */
const aside = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => withClient(api.databaseUrl, work);

/** How many statements wait for a lock. Outside of a transaction, which would always see the same moment. */
const blocked = (): Promise<number | null> =>
  aside(async (client) => {
    const text =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    return (await client.query(text)).rowCount;
  });

describe('concurrent writes', () => {
  it('are each answered with their own image, and each stored once', async () => {
    const titles = names('picture', 200);
    const answers = await Promise.all(titles.map((title) => post(title)));
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as Listed;
    expect(bodies.map(({ title }) => title)).toEqual(titles);
    expect([...(await list(api))].sort()).toEqual([...titles].sort());
  });

  it('share statements and are stored in the order of their arrival', async () => {
    const titles = names('picture', 12);
    const inFlight = async () =>
      Number(/in_flight (\d+)$/m.exec(await (await fetch(`${second.url}/metrics`)).text())?.[1]);
    await aside(async (client) => {
      // The first insert waits for this lock, and all others wait for the first.
      await client.query('begin');
      await client.query('lock table images in share mode');
      const answers: Promise<Response>[] = [];
      for (const title of titles) {
        answers.push(post(title, second));
        // The request for the metrics is counted as well.
        await waitFor('the arrival of the request', async () => (await inFlight()) === answers.length + 1);
      }
      await client.query('commit');
      for (const answer of answers) expect((await answer).status).toBe(200);
      const { rows } = await client.query('select count(distinct xmin::text)::int as commits from images');
      expect((rows as { commits: number }[])[0]?.commits).toBeLessThanOrEqual(2);
    });
    await expect(list(api)).resolves.toEqual(titles);
  });

  it('succeed although the database refuses one of them', async () => {
    await api.database.knex.raw(`alter table images add constraint "no bad ones" check (title <> 'bad')`);
    try {
      const titles = [...names('a', 20), 'bad', ...names('b', 20)];
      const answers = await Promise.all(titles.map((title) => post(title)));
      expect(answers.map(({ status }) => status)).toEqual(
        titles.map((title) => (title === 'bad' ? 400 : 200)),
      );
      await expect(codeOf(answers[20] as Response)).resolves.toBe('API_IMAGE_INVALID');
      expect([...(await list(api))].sort()).toEqual([...names('a', 20), ...names('b', 20)].sort());
    } finally {
      await api.database.knex.raw('alter table images drop constraint "no bad ones"');
    }
  });

  it('are not confirmed when a rule of the table drops them silently', async () => {
    await api.database.knex.raw(
      `create rule silently as on insert to images where new.title = 'lost' do instead nothing`,
    );
    try {
      expect((await post('kept')).status).toBe(200);
      await expect(codeOf(await post('lost'))).resolves.toBe('API_WRITE_UNCERTAIN');
      await expect(list(api)).resolves.toEqual(['kept']);
    } finally {
      await api.database.knex.raw('drop rule silently on images');
    }
  });

  it('are uncertain when their connection is lost, and those still waiting are not written', async () => {
    await aside(async (client) => {
      await client.query('begin');
      await client.query('lock table images in share mode');
      const first = post('first', second);
      await waitFor('the first insert', async () => (await blocked()) === 1);
      const waiting = names('waiting', 5).map((title) => post(title, second));
      const inFlight = async () => /in_flight 7$/m.test(await (await fetch(`${second.url}/metrics`)).text());
      await waitFor('the other requests', inFlight);
      await wire.cut();
      await expect(codeOf(await first)).resolves.toBe('API_WRITE_UNCERTAIN');
      for (const answer of waiting) {
        const { status, headers } = await answer;
        expect([status, headers.get('retry-after')]).toEqual([503, '1']);
        await expect(codeOf(await answer)).resolves.toBe('API_DATABASE_UNAVAILABLE');
      }
      await client.query('rollback');
      await waitFor('the end of the insert', async () => (await blocked()) === 0);
    });
    await wire.heal();
    clock.advance(500);
    await waitFor('readiness', async () => (await fetch(`${second.url}/readyz`)).status === 200);
    // In this run Postgres completed the insert: an uncertain write may have been stored.
    await expect(list(second)).resolves.toEqual(['first']);
  });
});

describe('concurrent reads', () => {
  it('see on every copy all writes that any copy confirmed before the read began', async () => {
    const confirmed: string[] = [];
    let stopping = false;
    const writer = async (name: string, copy: Api): Promise<void> => {
      for (let count = 0; count < 40; count += 1) {
        const title = `${name} ${count}`;
        expect((await post(title, copy)).status).toBe(200);
        confirmed.push(title);
      }
    };
    let reads = 0;
    const reader = async (copy: Api): Promise<void> => {
      while (!stopping) {
        const before = [...confirmed];
        const seen = new Set(await list(copy));
        expect(before.filter((title) => !seen.has(title))).toEqual([]);
        reads += 1;
      }
    };
    const readers = [api, second, api, second, api, second].map(reader);
    await Promise.all([writer('a', api), writer('b', second), writer('c', api), writer('d', second)]);
    stopping = true;
    await Promise.all(readers);
    expect(reads).toBeGreaterThan(6);
    await expect(list(api)).resolves.toHaveLength(160);
  });

  it('share one query', async () => {
    await aside(async (client) => {
      await client.query('begin');
      await client.query('lock table images');
      const answers = names('read', 30).map(() => list(second));
      await waitFor('the first query', async () => (await blocked()) === 1);
      // One query waits for the lock, and 29 requests wait for that query without a connection.
      await expect(blocked()).resolves.toBe(1);
      await client.query('rollback');
      await expect(Promise.all(answers)).resolves.toHaveLength(30);
    });
  });
});
