import { randomUUID } from 'node:crypto';
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
beforeEach(() => askDatabase(api.databaseUrl, 'truncate people'));
afterAll(async () => {
  await second.stop();
  await api.stop();
});

const person = { apelido: 'josé', nome: 'José Roberto', nascimento: '2000-10-01', stack: ['C#', 'Node'] };
const add = (body: unknown, to = api) => send(to.url, '/pessoas', body);
const search = async (term: string): Promise<string[]> => {
  const found = await get(api.url, `/pessoas?${new URLSearchParams({ t: term })}`);
  expect(found.status).toBe(200);
  return found.body.map(({ apelido }: { apelido: string }) => apelido).sort();
};

describe('POST /pessoas', () => {
  it('answers 201 with an absolute Location that another copy finds at once', async () => {
    const added = await add(person);
    expect(added.status).toBe(201);
    const location = added.headers.get('location') ?? '';
    expect(location).toMatch(/^\/pessoas\/[0-9a-f-]{36}$/);
    const read = await get(second.url, location);
    expect([read.status, read.body]).toEqual([200, { id: location.slice('/pessoas/'.length), ...person }]);
    expect(read.text).toBe(JSON.stringify(added.body));
  });

  it.each([
    ['without a stack', { ...person, stack: undefined }, null],
    ['with a stack of null', { ...person, stack: null }, null],
    ['with an empty stack', { ...person, stack: [] }, []],
    ['with an unknown field, which is ignored', { ...person, x: 1 }, person.stack],
    ['born on a leap day', { ...person, nascimento: '2000-02-29' }, person.stack],
    ['with 32 characters outside the BMP', { ...person, apelido: '😀'.repeat(32) }, person.stack],
  ])('accepts a person %s', async (_what, body, stack) => {
    const added = await add(body);
    expect([added.status, added.body.stack]).toEqual([201, stack]);
  });

  it.each([
    ['no apelido', { ...person, apelido: undefined }, '#/apelido'],
    ['null as apelido', { ...person, apelido: null }, '#/apelido'],
    ['an empty nome', { ...person, nome: '' }, '#/nome'],
    ['null as nome', { ...person, nome: null }, '#/nome'],
    ['no nascimento', { ...person, nascimento: undefined }, '#/nascimento'],
    ['an apelido of 33 characters', { ...person, apelido: 'x'.repeat(33) }, '#/apelido'],
    ['a nome of 101 characters', { ...person, nome: 'x'.repeat(101) }, '#/nome'],
    ['a technology of 33 characters', { ...person, stack: ['x'.repeat(33)] }, '#/stack/0'],
    ['an empty technology', { ...person, stack: ['Go', ''] }, '#/stack/1'],
    ['30 February', { ...person, nascimento: '2000-02-30' }, '#/nascimento'],
    ['29 February 1900', { ...person, nascimento: '1900-02-29' }, '#/nascimento'],
    ['the year 0', { ...person, nascimento: '0000-01-01' }, '#/nascimento'],
    ['another date format', { ...person, nascimento: '01/10/2000' }, '#/nascimento'],
    ['a date with a time', { ...person, nascimento: '2000-10-01T00:00:00Z' }, '#/nascimento'],
    ['U+0000 in nome', { ...person, nome: 'a\u0000' }, '#/nome'],
  ])('answers 422 to %s', async (_what, body, pointer) => {
    const refused = await add(body);
    expect([refused.status, refused.body.code]).toEqual([422, 'API_PERSON_INVALID']);
    expect(refused.body.errors[0].pointer).toBe(pointer);
  });

  it.each([
    ['a number as nome', { ...person, nome: 1 }],
    ['a number as apelido', { ...person, apelido: 1 }],
    ['a number as nascimento', { ...person, nascimento: 20001001 }],
    ['a number in the stack', { ...person, stack: ['Go', 1] }],
    ['null in the stack', { ...person, stack: ['Go', null] }],
    ['a text as stack', { ...person, stack: 'Go' }],
    ['a wrong type beside a value that is too long', { ...person, nome: 1, apelido: 'x'.repeat(33) }],
    ['an array', []],
    ['null', null],
  ])('answers 400 to %s', async (_what, body) => {
    const refused = await add(body);
    expect([refused.status, refused.body.code]).toEqual([400, 'API_PERSON_MALFORMED']);
  });

  it('answers 400 to a body that is no JSON', async () => {
    expect((await add('{"apelido":')).status).toBe(400);
  });

  it('answers 422 to a taken apelido, on every copy', async () => {
    await add(person);
    for (const copy of [api, second]) {
      const refused = await add({ ...person, nome: 'Other' }, copy);
      expect([refused.status, refused.body.code]).toEqual([422, 'API_PERSON_TAKEN']);
    }
    expect((await get(api.url, '/contagem-pessoas')).text).toBe('1');
  });

  it('gives an apelido that 20 requests ask for at once to one of them, and lets only the others fail', async () => {
    const taken = Array.from({ length: 20 }, (_, at) => add(person, at % 2 ? api : second));
    const others = Array.from({ length: 20 }, (_, at) => add({ ...person, apelido: `other ${at}` }));
    const statuses = (await Promise.all(taken)).map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array(19).fill(422)]);
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect((await get(second.url, '/contagem-pessoas')).text).toBe('21');
  });
});

describe('GET /pessoas/:id', () => {
  it.each([randomUUID(), '1', 'x', "'; drop table people; --"])('answers 404 to %s', async (id) => {
    const missing = await get(api.url, `/pessoas/${encodeURIComponent(id)}`);
    expect([missing.status, missing.body.code]).toEqual([404, 'API_PERSON_NOT_FOUND']);
  });
});

describe('GET /pessoas?t=', () => {
  beforeEach(async () => {
    await add({ ...person, apelido: 'ana', nome: 'Ana Barbosa', stack: ['Node', 'Postgres'] });
    await add({ ...person, apelido: 'berto', nome: 'Ângelo BERTO', stack: null });
    await add({ ...person, apelido: '100%', nome: 'Per_cento \\', stack: ['Go'] });
    await add({ ...person, apelido: 'Οδυσσευς', nome: 'ΟΔΟΣ', stack: ['İ'] });
  });

  it.each([
    ['a part of the apelido', 'an', ['ana']],
    ['a part of the nome', 'barb', ['ana']],
    ['a part of a technology', 'greS', ['ana']],
    ['upper and lower case alike', 'ânGELo', ['berto']],
    ['accents as they are', 'angelo', []],
    ['% taken literally', '%', ['100%']],
    ['_ taken literally', '_', ['100%']],
    ['a backslash taken literally', '\\', ['100%']],
    ['one character', 'B', ['ana', 'berto']],
    ['a sigma within a word', 'ΟΔΥΣΣ', ['Οδυσσευς']],
    ['a sigma at the end of a word', 'οδος', ['Οδυσσευς']],
    ['nothing across two fields', 'anaana', []],
    ['nothing across two fields with the separator', 'ana\nana', []],
    ['nothing for U+0000', '\u0000', []],
  ])('finds %s', async (_what, term, found) => {
    expect(await search(term)).toEqual(found);
  });

  it.each(['/pessoas', '/pessoas?t=', '/pessoas?t=a&t=b', '/pessoas?x=1'])(
    'answers 400 to %s',
    async (target) => {
      const refused = await get(api.url, target);
      expect([refused.status, refused.body.code]).toEqual([400, 'API_TERM_MISSING']);
    },
  );

  it('answers at most 50 people', async () => {
    await Promise.all(Array.from({ length: 60 }, (_, at) => add({ ...person, apelido: `many ${at}` })));
    expect(await search('many')).toHaveLength(50);
  });

  it('can use the trigram index', async () => {
    // On a small table Postgres rightly prefers to read all of it.
    const plan = await askDatabase(
      api.databaseUrl,
      'set enable_seqscan = off',
      "explain select id from people where search like '%zzzz%' limit 50",
    );
    expect(JSON.stringify(plan)).toContain('people_search_trigrams');
  });
});

describe('GET /contagem-pessoas', () => {
  it('answers the exact number as plain text that is never stored', async () => {
    await add(person);
    const { headers, text } = await get(api.url, '/contagem-pessoas');
    expect([headers.get('content-type'), headers.get('cache-control'), text]).toEqual([
      'text/plain; charset=utf-8',
      'no-store',
      '1',
    ]);
  });
});
