import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';
import { askDatabase } from '@tripod/testing/ask-database';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import supertest from 'supertest';
import { images } from '../src/images/images.ts';
import type { Operation, OperationStep } from '../src/resource/operation.ts';
import { notes } from './fixtures/notes/notes.ts';
import { type Api, startApi } from './support/api.ts';

/** A resource that is nothing but a folder: what a reader of its definition expects must follow from it. */
let api: Api;
beforeAll(async () => {
  api = await startApi({ resources: [images, notes] });
});
beforeEach(async () => {
  await askDatabase(api.databaseUrl, 'truncate notes restart identity');
});
afterAll(() => api.stop());

const ask = () => supertest(api.url);
const note = { text: 'MILK', priority: 2 };
const add = (body: object = note) => ask().post('/notes').send(body);

describe('a resource of one folder', () => {
  it('answers a POST with 201, a relative Location and no-store', async () => {
    const { status, headers, body } = await add();
    expect([status, headers['location'], headers['cache-control']]).toEqual([201, 'notes/1', 'no-store']);
    expect(headers['etag']).toBeUndefined();
    expect(body).toMatchObject({ ...note, id: 1 });
    await expect(ask().get('/notes/1')).resolves.toMatchObject({ status: 200, body });
  });

  it('answers a GET with a strong entity tag, 304 to a conditional one, and the indent', async () => {
    await add();
    const { headers, text } = await ask().get('/notes/1?indent=2');
    expect([headers['cache-control'], headers['etag']]).toEqual(['no-cache', expect.stringMatching(/^"/)]);
    expect(text).toMatch(/^\{\n {2}"id"/);
    const tag = headers['etag'] ?? '';
    expect((await ask().get('/notes/1?indent=2').set('If-None-Match', tag)).status).toBe(304);
    const head = await ask().head('/notes/1?indent=2');
    expect([head.status, head.headers['content-length'], head.text]).toEqual([
      200,
      String(text.length),
      undefined,
    ]);
  });

  it.each(['2', '0', '-1', '01', 'x', '1.0', '99999999999999999999', '%', '%ff', '1%2F2'])(
    'answers 404 to an id that is not there, with the headers of every answer: /notes/%s',
    async (id) => {
      await add();
      const bytes = `GET /notes/${id} HTTP/1.1\r\nHost: x\r\nX-Request-Id: request-1\r\nConnection: close\r\n\r\n`;
      const { status, headers, body } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
      expect(status).toBe(404);
      expect((JSON.parse(body) as { code: string }).code).toMatch(/^(API_NOTE_NOT_FOUND|NOT_FOUND)$/);
      expect(headers).toMatchObject({
        'x-request-id': 'request-1',
        'x-served-by': 'api-1',
        'access-control-allow-origin': '*',
      });
    },
  );

  it('lists its rows in pages that link to the next one', async () => {
    for (const text of ['A', 'B', 'C']) await add({ text, priority: 1 });
    const first = await ask().get('/notes');
    const link = /^<(notes\?[^>]+)>; rel="next"$/.exec(first.headers['link'] ?? '')?.[1];
    const second = await ask().get(`/${link}`);
    const texts = [first, second].map(({ body }) => (body as { text: string }[]).map(({ text }) => text));
    expect(texts).toEqual([['C', 'B'], ['A']]);
    expect(second.headers['link']).toBeUndefined();
    await expect(ask().get('/notes?limit=0')).resolves.toMatchObject({
      status: 400,
      body: {
        code: 'API_LIMIT_INVALID',
        detail: 'limit must be given once, as a whole number from 1 to 1000.',
      },
    });
  });

  it('names every wrong field of a body, with its own error and formats', async () => {
    const { status, body } = await add({ text: 'milk', priority: 4, 'a/b': 1 });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'API_NOTE_INVALID',
      detail: 'A note has a text and a priority.',
      errors: expect.arrayContaining([
        { pointer: '#/a~1b', detail: 'is not a known field' },
        { pointer: '#/text', detail: 'must be in upper case' },
        { pointer: '#/priority', detail: 'must be a whole number from 1 to 3' },
      ]),
    });
    expect((body as { errors: object[] }).errors).toHaveLength(3);
  });

  it.each([
    ['', 'name must be given once, as a string of 1 to 5 characters.'],
    ['?name=', 'name must be given once, as a string of 1 to 5 characters.'],
    ['?name=a&name=b', 'name must be given once, as a string of 1 to 5 characters.'],
    [
      '?loud=1',
      'name must be given once, as a string of 1 to 5 characters. loud must be given once, as true or false.',
    ],
  ])('names every wrong parameter of a query: /visit%s', async (query, detail) => {
    await expect(ask().get(`/visit${query}`)).resolves.toMatchObject({
      status: 400,
      body: { code: 'API_QUERY_INVALID', detail },
    });
  });

  it('reads cookies, sets several, and answers text that must not be stored', async () => {
    const { status, headers, text } = await ask()
      .get('/visit?name=Ann&loud=true')
      .set('Cookie', 'other=%; visits=2; visits=9');
    expect([status, text]).toEqual([200, 'ANN 3 FROM 127.0.0.1']);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'set-cookie': ['visits=3; HttpOnly', 'last=Ann'],
    });
    expect(headers['etag']).toBeUndefined();
  });

  it('knows its client by what a load balancer on this machine says last', async () => {
    const { text } = await ask().get('/visit?name=Ann').set('X-Forwarded-For', '9.9.9.9, 10.0.0.7');
    expect(text).toBe('Ann 1 from 10.0.0.7');
  });

  it('answers 204 without a body', async () => {
    const { status, headers, text } = await ask().delete('/visit');
    expect([status, text, headers['set-cookie']]).toEqual([204, '', ['visits=; Max-Age=0']]);
    expect(headers['x-request-id']).toEqual(expect.any(String));
  });

  it.each([
    ['put', '/notes', 'GET, HEAD, POST, OPTIONS'],
    ['post', '/notes/1', 'GET, HEAD, OPTIONS'],
    ['post', '/visit', 'GET, HEAD, DELETE, OPTIONS'],
    ['delete', '/images.json', 'GET, HEAD, POST, OPTIONS'],
  ] as const)('answers 405 to %s %s and lists what is allowed', async (method, path, allowed) => {
    const { status, headers } = await ask()[method](path);
    expect([status, headers['allow']]).toEqual([405, allowed]);
  });

  it('answers preflights with the methods of all operations, and exposes the headers that they declare', async () => {
    const { status, headers } = await ask()
      .options('/notes')
      .set({ Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST' });
    expect([status, headers['access-control-allow-methods']]).toEqual([204, 'GET,HEAD,POST,DELETE']);
    expect((await ask().get('/notes')).headers['access-control-expose-headers']).toBe(
      'ETag,Link,Location,X-Request-Id,X-Served-By,Retry-After',
    );
  });

  it('is described, each schema once and by reference, with its parameters and errors', async () => {
    const { body } = await ask().get('/openapi.json');
    const { paths, components } = body as {
      paths: Record<string, Record<string, { parameters: object[]; responses: Record<string, object> }>>;
      components: { schemas: Record<string, object> };
    };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/notes', '/notes/{id}', '/visit']));
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['Note', 'NewNote', 'Image']));
    const one = paths['/notes/{id}']?.['get'];
    expect(one?.parameters[0]).toMatchObject({ name: 'id', in: 'path', required: true });
    expect(Object.keys(one?.responses ?? {})).toEqual(['200', '304', '400', '404', 'default']);
    expect(JSON.stringify(one)).toContain('"#/components/schemas/Note"');
    expect(JSON.stringify(paths['/notes']?.['post'])).toContain('"#/components/schemas/NewNote"');
  });

  it('has its migrations recorded under its name, unlike the first one of images', async () => {
    const text = "select name from knex_migrations where name ~ 'images|notes' order by name";
    await expect(askDatabase(api.databaseUrl, text)).resolves.toEqual([
      { name: '0001-images' },
      { name: 'notes/0001-notes' },
    ]);
  });

  it('is not there, nor are its tables, on a copy that does not serve it', async () => {
    const other = await startApi({ resources: [images] });
    try {
      expect((await supertest(other.url).get('/notes')).status).toBe(404);
      expect((await supertest(other.url).get('/images.json')).status).toBe(200);
      await expect(askDatabase(other.databaseUrl, "select to_regclass('notes') as made")).resolves.toEqual([
        { made: null },
      ]);
    } finally {
      await other.stop();
    }
  });

  it('is refused when its operations are there twice', async () => {
    await expect(startApi({ resources: [notes, { ...notes, name: 'notes-again' }] })).rejects.toThrow(
      /two operations are listNotes|two resources have a schema/,
    );
  });
});

describe('a rule for the operations of all resources', () => {
  const accessErrors = defineErrors({
    API_TOKEN_MISSING: { status: 401, title: 'The token is missing', meaning: 'Send it.' },
  });
  const requireToken: OperationStep = (operation) =>
    operation.method === 'POST'
      ? {
          ...operation,
          headers: { ...operation.headers, 'X-Token': { description: 'x', schema: { type: 'string' } } },
          errors: [...(operation.errors ?? []), accessErrors.API_TOKEN_MISSING],
          guards: [
            ({ headers, body }) => {
              expect(body).toBeUndefined();
              if (headers['x-token'] !== 'right') throw new AppError(accessErrors.API_TOKEN_MISSING);
            },
          ],
        }
      : operation;
  const shout: OperationStep = (operation): Operation => ({
    ...operation,
    async handle(request) {
      const answer = await operation.handle(request);
      return { ...answer, headers: { ...answer.headers, 'X-Path': operation.path } };
    },
  });

  it('runs before the body is read or around the handler, and is described', async () => {
    const guarded = await startApi({ resources: [images, notes], steps: [requireToken, shout] });
    try {
      const copy = supertest(guarded.url);
      const refused = await copy.post('/notes').send('{');
      expect([refused.status, refused.body.code]).toEqual([401, 'API_TOKEN_MISSING']);
      const taken = await copy.post('/notes').set('X-Token', 'right').send(note);
      expect([taken.status, taken.headers['x-path'], taken.headers['location']]).toEqual([
        201,
        '/notes',
        'notes/1',
      ]);
      expect((await copy.get('/images.json')).headers['x-path']).toBe('/images.json');
      const described = JSON.stringify((await copy.get('/openapi.json')).body.paths['/images.json'].post);
      expect(described).toContain('"401"');
      expect(described).toContain('"in":"header"');
    } finally {
      await guarded.stop();
    }
  });
});
