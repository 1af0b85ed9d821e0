import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { waitFor } from '@tripod/testing/wait-for';
import supertest from 'supertest';
import { pageQuery } from '../../src/images/image-store.ts';
import { type Api, cat, startApi } from '../support/api.ts';

const mebibyte = 1_048_576;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  await run('truncate images restart identity');
});
afterAll(() => api.stop());

const ask = (path = '/images.json') => supertest(api.url).get(path);
/** On a connection without the time limits of the service, because the machine may be busy. */
const run = (text: string): Promise<unknown> => askDatabase(api.databaseUrl, text);
const insert = (count: number): Promise<unknown> =>
  run(
    `insert into images (title, alt_text, url)
     select 'Picture ' || n, 'Größe "' || n || '"', 'https://x.example/' || n from generate_series(1, ${count}) n`,
  );
const expected = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    title: `Picture ${index + 1}`,
    alt_text: `Größe "${index + 1}"`,
    url: `https://x.example/${index + 1}`,
  }));
/** Inserts rows of about 1,100 bytes, and a last one so that the JSON array has exactly this size. */
const insertBytes = async (bytes: number): Promise<void> => {
  const rows: { title: string; alt_text: string; url: string }[] = [];
  let left = bytes - 2;
  while (left > 0) {
    const empty = JSON.stringify({ ...cat, url: '/' }).length + (rows.length === 0 ? 0 : 1);
    const filler = left > 2400 ? 1000 : left - empty;
    rows.push({ ...cat, url: `/${'x'.repeat(filler)}` });
    left -= empty + filler;
  }
  await api.database.knex.batchInsert('images', rows, 200);
};

describe('a list of up to 1 MiB', () => {
  it.each([
    [1, 0],
    [1000, 0],
    [1001, 3],
    [2000, 2],
    [5000, 0],
  ])('of %i rows has a Content-Length and an entity tag (indent %i)', async (count, indent) => {
    await insert(count);
    const { text, headers } = await ask(`/images.json?indent=${indent}`);
    expect(text).toBe(JSON.stringify(expected(count), null, indent));
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    const again = await ask(`/images.json?indent=${indent}`).set('If-None-Match', headers['etag'] ?? '');
    expect(again.status).toBe(304);
  });

  it('has a length at exactly 1 MiB, and is streamed with one byte more', async () => {
    await insertBytes(mebibyte);
    const whole = await ask();
    expect([whole.headers['content-length'], whole.headers['etag']]).toEqual([
      String(mebibyte),
      expect.stringMatching(/^"/),
    ]);
    await api.empty();
    await insertBytes(mebibyte + 1);
    const long = await ask();
    expect([long.headers['content-length'], long.headers['etag']]).toEqual([undefined, undefined]);
    expect(long.text).toHaveLength(mebibyte + 1);
  });
});

describe('a list over 1 MiB', () => {
  const count = 20_000;
  beforeEach(() => insert(count));

  it.each([0, 2])(
    'is streamed without length and tag, with the text of JSON.stringify (indent %i)',
    async (indent) => {
      const { text, headers, status } = await ask(`/images.json?indent=${indent}`);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'transfer-encoding': 'chunked',
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
        'cache-control': 'no-cache',
        'x-served-by': 'api-1',
        'x-request-id': expect.any(String),
      });
      expect([headers['content-length'], headers['etag']]).toEqual([undefined, undefined]);
      expect(text === JSON.stringify(expected(count), null, indent)).toBe(true);
    },
  );

  it.each([0, 10])('escapes characters exactly as JSON.stringify does (indent %i)', async (indent) => {
    const codes = Array.from({ length: 160 }, (_, index) => index + 1);
    const title = `${String.fromCharCode(...codes)}\u2028\u2029\ufeff\uffff"\\/</script>🐈`;
    await api.database.knex('images').insert({ title, alt_text: '', url: title });
    const { text } = await ask(`/images.json?indent=${indent}`);
    const image = { title, alt_text: '', url: title };
    expect(text === JSON.stringify([...expected(count), image], null, indent)).toBe(true);
  });

  it('is complete when ids are missing, and up to the largest possible id', async () => {
    await run('delete from images where id between 7001 and 12000 or id % 500 = 1');
    await run('alter table images alter column id restart with 5000000000');
    await insert(5000);
    await run('alter table images alter column id restart with 9223372036854775000');
    await insert(808);
    const kept = expected(count).filter((_, index) => (index < 7000 || index >= 12_000) && index % 500 !== 0);
    const { text } = await ask();
    expect(text === JSON.stringify([...kept, ...expected(5000), ...expected(808)])).toBe(true);
  });

  it('is sent again whatever If-None-Match says, because it has no entity tag', async () => {
    await expect(ask().set('If-None-Match', '*')).resolves.toMatchObject({ status: 200 });
  });

  it('has neither length nor tag in the answer to HEAD', async () => {
    const { status, headers, text } = await supertest(api.url).head('/images.json');
    expect([status, text]).toEqual([200, undefined]);
    expect([headers['content-length'], headers['etag']]).toEqual([undefined, undefined]);
  });

  it('ends with the connection for an HTTP/1.0 client', async () => {
    const bytes = 'GET /images.json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
    const { status, headers, body } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
    expect([status, headers['transfer-encoding'], headers['connection']]).toEqual([200, undefined, 'close']);
    expect(JSON.parse(Buffer.from(body, 'latin1').toString())).toHaveLength(count);
  });

  it('is complete for each of several concurrent clients', async () => {
    const texts = await Promise.all(Array.from({ length: 4 }, async () => (await ask()).text));
    expect(new Set(texts).size).toBe(1);
    expect(JSON.parse(texts[0] ?? '')).toHaveLength(count);
  });

  it('is complete for clients that come while others are in the middle of it', async () => {
    const texts: Promise<string>[] = [];
    const read = async (): Promise<string> => {
      const outgoing = get(`${api.url}/images.json`, { agent: false });
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      let text = '';
      for await (const piece of answer.setEncoding('utf8')) {
        text += String(piece);
        // Each client starts the next one when it is in the middle of the list.
        if (texts.length < 6 && text.length > mebibyte / 3) texts.push(read());
      }
      return text;
    };
    texts.push(read());
    for (let at = 0; at < texts.length; at += 1) {
      expect((await texts[at]) === JSON.stringify(expected(count))).toBe(true);
    }
    expect(texts).toHaveLength(6);
  });

  it('contains what was confirmed before the request, and ends while more rows are inserted', async () => {
    await insert(1);
    const outgoing = get(`${api.url}/images.json`);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    await insert(10_000);
    let text = '';
    for await (const piece of answer) text += String(piece);
    expect((JSON.parse(text) as unknown[]).length).toBeGreaterThanOrEqual(count + 1);
    expect((JSON.parse(text) as unknown[]).length).toBeLessThan(count + 10_001);
  });

  it('holds no database connection for clients that read slowly or leave', async () => {
    await insert(100_000);
    const clients = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const outgoing = get(`${api.url}/images.json`, { agent: false });
        outgoing.on('error', () => undefined);
        const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
        answer.on('error', () => undefined);
        answer.pause();
        return outgoing;
      }),
    );
    const atRest = () => api.database.stats().idle === api.database.stats().total;
    // Three times as many clients as connections, and other requests are still served.
    await waitFor('idle connections', atRest);
    await expect(ask('/images.json?limit=1')).resolves.toMatchObject({ status: 200 });
    for (const client of clients) client.destroy();
    await waitFor('idle connections', atRest);
    await expect(ask('/images.json?limit=1')).resolves.toMatchObject({ status: 200 });
  });
});

describe('pages of a long list', () => {
  /** Runs the page query with its generic plan, which Postgres uses after a few executions. */
  const explain = async (after: number): Promise<{ text: string; buffers: number }> => {
    const { text } = pageQuery;
    return await api.database.knex.transaction(async (trx) => {
      await trx.raw('set local plan_cache_mode = force_generic_plan');
      await trx.raw(`prepare page as ${text}`.replaceAll('?', '\\?'));
      const { rows } = await trx.raw<{ rows: { 'QUERY PLAN': string }[] }>(
        `explain (analyze, buffers, costs off, timing off) execute page (${after}, 51, 9223372036854775807)`,
      );
      await trx.raw('deallocate page');
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      const buffers = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan);
      return { text: plan, buffers: Number(buffers?.[1] ?? 0) + Number(buffers?.[2] ?? 0) };
    });
  };

  it('are answered to a hundred concurrent requests over four connections', async () => {
    await insert(200);
    const asked = Array.from({ length: 100 }, () => fetch(`${api.url}/images.json?limit=50`));
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const answer of answers) await expect(answer.json()).resolves.toEqual(expected(50));
  });

  it.each(['before', 'after'])(
    'cost the same at any depth, by an index scan (%s statistics exist)',
    async (when) => {
      await insert(100_000);
      if (when === 'after') await run('analyze images');
      const shallow = await explain(0);
      const deep = await explain(90_000);
      for (const { text } of [shallow, deep]) {
        expect(text).toContain('Index Scan using images_pkey');
        expect(text).not.toMatch(/Seq Scan|Sort|Bitmap/);
      }
      expect(deep.buffers).toBeGreaterThan(0);
      expect(deep.buffers).toBeLessThan(shallow.buffers + 10);
    },
  );
});
