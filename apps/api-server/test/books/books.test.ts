import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { askDatabase } from '@tripod/testing/ask-database';
import { type Api, startApi } from '../support/api.ts';
import { get, send } from '../support/send.ts';

let api: Api;
let second: Api;
beforeAll(async () => {
  api = await startApi();
  second = await startApi({ besides: api });
});
beforeEach(() => askDatabase(api.databaseUrl, 'truncate books restart identity'));
afterAll(async () => {
  await second.stop();
  await api.stop();
});

const book = { title: 'Dom Casmurro', author: 'M. de Assis' };
const add = (body: unknown, to = api) => send(to.url, '/books', body);
const titlesOf = (body: readonly { readonly title: string }[]): string[] => body.map(({ title }) => title);

describe('POST /books', () => {
  it('answers 201 with the stored book and a Location that another copy answers', async () => {
    const added = await add({ ...book, isbn: '978-3-16-148410-0', published_year: 1899 });
    expect(added.status).toBe(201);
    expect(added.body).toEqual({
      id: 1,
      ...book,
      isbn: '978-3-16-148410-0',
      published_year: 1899,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const location = added.headers.get('location') ?? '';
    expect(location).toBe('books/1');
    const read = await get(second.url, new URL(location, `${second.url}/books`).href);
    expect([read.status, read.body]).toEqual([200, added.body]);
  });

  it('stores null for fields that are not given', async () => {
    expect((await add(book)).body).toMatchObject({ isbn: null, published_year: null });
  });

  it.each([
    ['a missing title', { author: 'x' }, '#/title'],
    ['a blank title', { ...book, title: ' \t' }, '#/title'],
    ['a title of 301 characters', { ...book, title: '😀'.repeat(301) }, '#/title'],
    ['an author that is a number', { ...book, author: 5 }, '#/author'],
    ['an author with a control character', { ...book, author: 'a\u0007' }, '#/author'],
    ['an ISBN with a wrong check digit', { ...book, isbn: '978-3-16-148410-1' }, '#/isbn'],
    ['an ISBN of 12 digits', { ...book, isbn: '978316148410' }, '#/isbn'],
    ['a year that is no whole number', { ...book, published_year: 1.5 }, '#/published_year'],
    ['a year before -3000', { ...book, published_year: -3001 }, '#/published_year'],
    ['a year after the next one', { ...book, published_year: 9999 }, '#/published_year'],
    ['an unknown field', { ...book, pages: 3 }, '#/pages'],
  ])('refuses %s with 400 and names the field', async (_what, body, pointer) => {
    const refused = await add(body);
    expect([refused.status, refused.body.code]).toEqual([400, 'API_BOOK_INVALID']);
    expect(refused.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it.each([
    ['a title of 300 characters outside the BMP', { ...book, title: '😀'.repeat(300) }],
    ['an ISBN-10 that ends with X', { ...book, isbn: '0-8044-2957-X' }],
    ['an ISBN-13 without hyphens', { ...book, isbn: '9783161484100' }],
    ['the next year', { ...book, published_year: new Date().getUTCFullYear() + 1 }],
    ['the year -3000', { ...book, published_year: -3000 }],
    ['null for fields that may be missing', { ...book, isbn: null, published_year: null }],
  ])('accepts %s', async (_what, body) => {
    expect((await add(body)).status).toBe(201);
  });

  it('answers each of 200 simultaneous requests with its own book, and stores each once', async () => {
    const titles = Array.from({ length: 200 }, (_, at) => `Book ${at}`);
    const added = await Promise.all(
      titles.map((title, at) => add({ ...book, title }, at % 2 ? api : second)),
    );
    expect(titlesOf(added.map(({ body }) => body))).toEqual(titles);
    expect(new Set(added.map(({ body }) => body.id)).size).toBe(200);
    const listed = await get(api.url, '/books?limit=1000');
    expect(titlesOf(listed.body).sort()).toEqual([...titles].sort());
  });
});

describe('GET /books', () => {
  it('answers an empty array when there are none', async () => {
    expect((await get(api.url, '/books')).text).toBe('[]');
  });

  it('lists the newest first, 100 a page, and links the next page with a relative reference', async () => {
    for (let at = 1; at <= 205; at += 1) await add({ ...book, title: `Book ${at}` });
    const seen: string[] = [];
    let target: string | undefined = '/books';
    const sizes: number[] = [];
    while (target !== undefined) {
      const page = await get(api.url, target);
      sizes.push(page.body.length);
      seen.push(...titlesOf(page.body));
      const link = /^<(books\?limit=100&after=[\w-]+)>; rel="next"$/.exec(
        page.headers.get('link') ?? '',
      )?.[1];
      target = link && `/${link}`;
    }
    expect(sizes).toEqual([100, 100, 5]);
    expect(seen).toEqual(Array.from({ length: 205 }, (_, at) => `Book ${205 - at}`));
  });

  it('shows a book that was answered on another copy a moment before', async () => {
    for (let at = 0; at < 20; at += 1) {
      await add({ ...book, title: `Book ${at}` }, second);
      expect(titlesOf((await get(api.url, '/books')).body)[0]).toBe(`Book ${at}`);
    }
  });
});

describe('GET /books/:id', () => {
  it.each(['0', '-1', '2', '1.0', '01', 'x', '%00', '99999999999999999999', '1e0'])(
    'answers 404 to %s',
    async (id) => {
      await add(book);
      const missing = await get(api.url, `/books/${id}`);
      expect([missing.status, missing.body.code]).toEqual([404, 'API_BOOK_NOT_FOUND']);
    },
  );
});
