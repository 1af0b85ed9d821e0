import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import supertest from 'supertest';
import { type Api, cat, startApi } from '../support/api.ts';

let api: Api;
const ask = () => supertest(api.url);
const post = (body: string | object, path = '/images.json') => ask().post(path).send(body);
const titles = async (): Promise<string[]> =>
  ((await ask().get('/images.json')).body as { title: string }[]).map(({ title }) => title);

beforeAll(async () => {
  api = await startApi();
});
beforeEach(() => api.empty());
afterAll(() => api.stop());

describe('GET /images.json', () => {
  it('answers [] when there are no images', async () => {
    const { text, status, headers } = await ask().get('/images.json');
    expect([status, text]).toEqual([200, '[]']);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '2' });
  });

  it('answers a bare compact array in insertion order, with title, alt_text and url in this order', async () => {
    await post({ ...cat, title: 'B' });
    await post({ ...cat, title: 'A' });
    const { text } = await ask().get('/images.json');
    expect(text).toBe(
      JSON.stringify([
        { ...cat, title: 'B' },
        { ...cat, title: 'A' },
      ]),
    );
  });

  it('keeps the insertion order of more than ten rows', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `picture ${index}`);
    for (const title of names) await post({ ...cat, title });
    await expect(titles()).resolves.toEqual(names);
  });

  it.each([0, 1, 2, 10])('indents the array by %i spaces', async (indent) => {
    await post(cat);
    const { text } = await ask().get(`/images.json?indent=${indent}`);
    expect(text).toBe(JSON.stringify([cat], null, indent));
  });

  it.each(['11', '+3', '3.0', '1e1', '', '2&indent=2'])('answers 400 to indent=%s', async (indent) => {
    const { status, body, type } = await ask().get(`/images.json?indent=${indent}`);
    expect([status, type]).toEqual([400, 'application/problem+json']);
    expect(body).toMatchObject({ code: 'API_INDENT_INVALID', status: 400, title: 'The indent is not valid' });
  });

  it('ignores unknown query parameters', async () => {
    await expect(ask().get('/images.json?utm_source=x&indent=')).resolves.toMatchObject({ status: 400 });
    await expect(ask().get('/images.json?utm_source=x&%ff')).resolves.toMatchObject({
      status: 200,
      text: '[]',
    });
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    await post(cat);
    const get = await ask().get('/images.json');
    const head = await ask().head('/images.json');
    expect(head.status).toBe(200);
    expect(head.text).toBeUndefined();
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control', 'vary']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });
});

describe('a conditional GET of /images.json', () => {
  it.each([
    ['the tag', (tag: string) => tag, 304],
    ['the tag as a weak one', (tag: string) => `W/${tag}`, 304],
    ['a list with it', (tag: string) => `"a,b", ${tag}`, 304],
    ['any', () => '*', 304],
    ['another tag', () => '"other"', 200],
    ['the tag without quotes', (tag: string) => tag.slice(1, -1), 200],
  ])('compares If-None-Match with %s', async (_what, header, status) => {
    const tag = (await ask().get('/images.json')).headers['etag'] as string;
    for (const method of ['get', 'head'] as const) {
      const answer = await ask()[method]('/images.json').set('If-None-Match', header(tag));
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject({ etag: tag, 'cache-control': 'no-cache' });
      expect(answer.headers['content-length']).toBe(status === 304 ? undefined : '2');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
  });

  it('gets a strong entity tag that changes with the list and with the indent', async () => {
    const before = await ask().get('/images.json');
    await post(cat);
    const after = await ask().get('/images.json');
    const indented = await ask().get('/images.json?indent=2');
    const tags = [before, after, indented].map(({ headers }) => headers['etag'] as string);
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) expect(tag).toMatch(/^"[\w-]+"$/);
    const stale = await ask()
      .get('/images.json')
      .set('If-None-Match', tags[0] ?? '');
    expect([stale.status, stale.body]).toEqual([200, [cat]]);
  });

  it('gets the same entity tag from every copy', async () => {
    const other = await startApi({ servedBy: 'api-2' });
    try {
      await other.empty();
      const tag = (await supertest(other.url).get('/images.json')).headers['etag'];
      expect((await ask().get('/images.json')).headers['etag']).toBe(tag);
    } finally {
      await other.stop();
    }
  });

  it('is only a GET: a POST with If-None-Match is not answered 304', async () => {
    await expect(post(cat).set('If-None-Match', '*')).resolves.toMatchObject({ status: 200 });
  });
});

describe('pages of /images.json', () => {
  /** Reads pages up to the last one, and adds a row after each of the first `lateRows` pages. */
  const follow = async (
    path: string,
    lateRows: number,
  ): Promise<{ pages: string[][]; last: string | undefined }> => {
    const pages: string[][] = [];
    let next: string | undefined = path;
    let count = 0;
    while (next !== undefined) {
      const { status, body, headers } = await ask().get(next);
      expect(status).toBe(200);
      pages.push((body as { title: string }[]).map(({ title }) => title));
      // Rows inserted meanwhile are on later pages and shift no earlier one.
      if (count < lateRows) await post({ ...cat, title: `late ${count}` });
      count += 1;
      const link = /^<([^>]+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      next =
        link === undefined ? undefined : new URL(link, 'http://x/images.json').href.slice('http://x'.length);
    }
    return { pages, last: next };
  };

  it('contain each of hundreds of rows once and in order while others are inserted', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({ ...cat, title: `early ${index}` }));
    await api.database.knex('images').insert(rows);
    const { pages } = await follow('/images.json?limit=37', 5);
    const early = rows.map(({ title }) => title);
    const late = Array.from({ length: 5 }, (_, index) => `late ${index}`);
    expect(pages.flat()).toEqual([...early, ...late]);
    expect(pages.slice(0, -1).every((page) => page.length === 37)).toBe(true);
  });

  it('have no Link on the last page, even when it is full', async () => {
    await api.database.knex('images').insert([cat, cat, cat]);
    const first = await ask().get('/images.json?limit=2');
    expect(first.body).toHaveLength(2);
    expect(first.headers['link']).toMatch(/^<images\.json\?limit=2&after=[\w-]+>; rel="next"$/);
    expect((await ask().get('/images.json?limit=3')).headers['link']).toBeUndefined();
    expect((await ask().get('/images.json?limit=1000')).headers['link']).toBeUndefined();
  });

  it('are empty arrays behind the end', async () => {
    await api.database.knex('images').insert([cat, cat]);
    const { headers } = await ask().get('/images.json?limit=1');
    const next = /<([^>]+)>/.exec(headers['link'] ?? '')?.[1];
    await api.empty();
    await expect(ask().get(`/${next}`)).resolves.toMatchObject({ status: 200, text: '[]' });
  });

  it.each([
    ['limit=0', 'API_LIMIT_INVALID'],
    ['limit=1001', 'API_LIMIT_INVALID'],
    ['limit=junk', 'API_LIMIT_INVALID'],
    ['limit=', 'API_LIMIT_INVALID'],
    ['limit=5&after=junk', 'API_CURSOR_INVALID'],
    ['after=YWZ0ZXI6MQ', 'API_CURSOR_INVALID'],
    ['position=2', 'API_QUERY_INVALID'],
    ['limit=5&position=0', 'API_QUERY_INVALID'],
    ['limit=5&position=1000001', 'API_QUERY_INVALID'],
    ['limit=5&position=2&after=YWZ0ZXI6MQ', 'API_QUERY_INVALID'],
  ])('are refused with 400 for %s', async (query, code) => {
    await expect(ask().get(`/images.json?${query}`)).resolves.toMatchObject({ status: 400, body: { code } });
  });

  it('begin at the position that the query gives, whatever the ids are, and continue from there', async () => {
    const rows = Array.from({ length: 9 }, (_, index) => ({ ...cat, title: `row ${index + 1}` }));
    await api.database.knex('images').insert(rows);
    await api.database.knex('images').whereIn('title', ['row 2', 'row 5']).delete();
    const left = ['row 1', 'row 3', 'row 4', 'row 6', 'row 7', 'row 8', 'row 9'];
    for (const position of [1, 2, 5, 7]) {
      const { pages } = await follow(`/images.json?limit=2&position=${position}`, 0);
      expect(pages.flat()).toEqual(left.slice(position - 1));
    }
    const behind = await ask().get('/images.json?limit=2&position=8');
    expect([behind.text, behind.headers['link']]).toEqual(['[]', undefined]);
  });

  it('are answered with 304 to a conditional request', async () => {
    await post(cat);
    const { headers } = await ask().get('/images.json?limit=5');
    const again = await ask()
      .get('/images.json?limit=5')
      .set('If-None-Match', headers['etag'] as string);
    expect(again.status).toBe(304);
  });
});

describe('POST /images.json', () => {
  it('answers 200 with the created image, which the list then contains', async () => {
    const { status, text, headers } = await post(cat);
    expect([status, text]).toEqual([200, JSON.stringify(cat)]);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    await expect(ask().get('/images.json')).resolves.toMatchObject({ body: [cat] });
  });

  it('answers with the fields in their order, whatever the order in the body', async () => {
    const { title, alt_text, url } = cat;
    expect((await post({ url, alt_text, title })).text).toBe(JSON.stringify(cat));
  });

  it('indents its answer, and its errors', async () => {
    expect((await post(cat, '/images.json?indent=3')).text).toBe(JSON.stringify(cat, null, 3));
    expect((await post('{', '/images.json?indent=3')).text).toMatch(/^\{\n {3}"type"/);
  });

  it('stores nothing when the indent is not valid', async () => {
    await expect(post(cat, '/images.json?indent=99')).resolves.toMatchObject({ status: 400 });
    await expect(titles()).resolves.toEqual([]);
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON; Charset="UTF-8"',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('reads JSON with the Content-Type %s', async (type) => {
    await expect(post(JSON.stringify(cat)).type(type)).resolves.toMatchObject({ status: 200, body: cat });
  });

  it('reads JSON without any Content-Type', async () => {
    const body = JSON.stringify(cat);
    const bytes = `POST /images.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answer = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
    expect([answer.status, answer.body]).toEqual([200, body]);
  });

  it('stores text of any script unchanged', async () => {
    const image = {
      title: '<b>Кот & "猫" 🐈</b>',
      alt_text: "'; drop table images; --",
      url: '/images/käse.svg',
    };
    await expect(post(image)).resolves.toMatchObject({ body: image });
    await expect(ask().get('/images.json')).resolves.toMatchObject({ body: [image] });
  });

  it('stores an image twice when it is sent twice', async () => {
    await post(cat);
    await post(cat);
    await expect(titles()).resolves.toEqual(['Cat', 'Cat']);
  });

  it('names every wrong field', async () => {
    const { status, body } = await post({ title: '', alt_text: 5, url: 'javascript:alert(1)', id: 1 });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'API_IMAGE_INVALID', requestId: expect.any(String) });
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['#/alt_text', '#/id', '#/title', '#/url']);
  });
});
