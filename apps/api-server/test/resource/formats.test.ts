import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasVisibleCharacter } from '../../src/resource/formats.ts';
import { type Api, cat, startApi } from '../support/api.ts';
import { get, send } from '../support/send.ts';

describe('hasVisibleCharacter', () => {
  it.each([
    ...[
      '',
      ' ',
      '\t\n',
      '\u00a0',
      '\u00ad',
      '\u034f',
      '\u115f',
      '\u17b4',
      '\u180e',
      '\u2003',
      '\u200b',
      '\u200e',
    ],
    ...[
      '\u2060',
      '\u2800',
      '\u3000',
      '\u3164',
      '\ufe0f',
      '\ufeff',
      '\uffa0',
      '\u{1d159}',
      '\u{e0020}',
      '\u200b \u3164',
    ],
  ])('does not see %j', (text) => {
    expect(hasVisibleCharacter(text)).toBe(false);
  });

  it.each(['a', '\u200b.', '❤\ufe0f', 'ㅎ', '⠁', '👩\u200d🚀', '\u0301'])('sees %j', (text) => {
    expect(hasVisibleCharacter(text)).toBe(true);
  });
});

describe('a text of invisible characters only', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.stop());
  const blank = '\u200b\u3164\u2800';
  const person = { apelido: 'a', nome: 'A', nascimento: '2000-01-01' };

  it.each([
    ['/images.json', { ...cat, title: blank }, 'title', 400],
    ['/images.json', { ...cat, alt_text: blank }, 'alt_text', 400],
    ['/books', { title: blank, author: 'A' }, 'title', 400],
    ['/books', { title: 'A', author: blank }, 'author', 400],
    ['/posts', { title: blank, body: 'A' }, 'title', 400],
    ['/posts', { title: 'A', body: blank }, 'body', 400],
    ['/jobs', { job: blank }, 'job', 400],
    ['/pessoas', { ...person, apelido: blank }, 'apelido', 422],
    ['/pessoas', { ...person, nome: blank }, 'nome', 422],
  ])('is blank in POST %s %j, which names the field %s', async (path, body, field, status) => {
    const answer = await send(api.url, path, body);
    expect([answer.status, answer.body.errors]).toEqual([
      status,
      [{ pointer: `#/${field}`, detail: expect.stringContaining('must not be blank') }],
    ]);
  });

  it.each(['/set?value=1&key=', '/get?key=', '/enqueue?job='])('is blank in GET %s', async (target) => {
    const answer = await get(api.url, `${target}${encodeURIComponent(blank)}`);
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining('must not be blank')]);
  });
});
