import { describe, expect, it } from '@jest/globals';
import {
  answerPage,
  cursorOf,
  findPage,
  pageParameters,
  toJsonPage,
} from '../../../src/resource/list/page.ts';
import { representList } from '../../../src/resource/list/represent-list.ts';
import { createQueryParser } from '../../../src/resource/validate.ts';

const parse = createQueryParser(pageParameters);
const page = (query: string) => findPage(parse(new URLSearchParams(query)));

describe('findPage', () => {
  it('finds no page without a limit', () => {
    expect(page('')).toBeUndefined();
    expect(page('indent=2')).toBeUndefined();
  });

  it.each([
    ['limit=1', { limit: 1, after: undefined }],
    ['limit=1000', { limit: 1000, after: undefined }],
    [`limit=10&after=${cursorOf('17')}`, { limit: 10, after: '17' }],
    [`limit=10&after=${cursorOf('9223372036854775807')}`, { limit: 10, after: '9223372036854775807' }],
  ])('reads the page of ?%s', (query, expected) => {
    expect(page(query)).toEqual(expected);
  });

  it.each(['0', '1001', '-1', '01', '1.0', '1e2', '+5', '', 'ten', '5 ', '99999999999', '5&limit=5'])(
    'refuses limit=%s',
    (limit) => {
      expect(() => page(`limit=${limit}`)).toThrow(expect.objectContaining({ code: 'API_LIMIT_INVALID' }));
    },
  );

  it.each([
    '',
    'x',
    '17',
    Buffer.from('after:').toString('base64url'),
    Buffer.from('after:x').toString('base64url'),
    Buffer.from('after:1 or 1=1').toString('base64url'),
    Buffer.from('after:17').toString('base64url').replace(/.$/, '!'),
    `${Buffer.from('after:17').toString('base64url')}=`,
    Buffer.from('after:9223372036854775808').toString('base64url'),
    Buffer.from('after:99999999999999999999').toString('base64url'),
    `${cursorOf('1')}&after=${cursorOf('2')}`,
  ])('refuses after=%s', (after) => {
    expect(() => page(`limit=5&after=${after}`)).toThrow(
      expect.objectContaining({ code: 'API_CURSOR_INVALID' }),
    );
  });

  it('refuses a cursor without a limit', () => {
    expect(() => page(`after=${cursorOf('1')}`)).toThrow(
      expect.objectContaining({ code: 'API_CURSOR_INVALID' }),
    );
  });
});

describe('answerPage', () => {
  const request = { limit: 5, after: undefined };

  it('links to the next page by a relative reference that keeps the indent', () => {
    const next = { json: '1', rows: 1, nextAfter: '17' };
    expect(answerPage('images.json', request, next, 0)).toMatchObject({
      tagged: { body: '[1]' },
      headers: { Link: `<images.json?limit=5&after=${cursorOf('17')}>; rel="next"` },
    });
    expect(answerPage('images.json', request, next, 2)).toMatchObject({
      tagged: { body: '[\n  1\n]' },
      headers: { Link: `<images.json?limit=5&after=${cursorOf('17')}&indent=2>; rel="next"` },
    });
  });

  it('has no Link on the last page', () => {
    const last = { json: '', rows: 0, nextAfter: undefined };
    expect(answerPage('images.json', request, last, 0)).toEqual({
      tagged: expect.objectContaining({ body: '[]' }),
    });
  });
});

describe('toJsonPage', () => {
  const toPage = (ids: readonly number[]) => toJsonPage(ids, 2, String, (id) => ({ id }));

  it('takes one row more than asked for as the sign of a next page', () => {
    expect(toPage([7, 8, 9])).toEqual({ json: '{"id":7},{"id":8}', rows: 2, nextAfter: '8' });
  });

  it.each([[[7, 8]], [[7]], [[]]])('makes the last page of %j', (ids) => {
    expect(toPage(ids).nextAfter).toBeUndefined();
    expect(JSON.parse(representList(toPage(ids).json, 0).body)).toEqual(ids.map((id) => ({ id })));
  });
});

describe('representList', () => {
  it.each([0, 1, 10])('is what JSON.stringify makes with an indent of %i', (indent) => {
    for (const items of [[], [1], [{ a: [], b: {} }, 'x']]) {
      expect(representList(JSON.stringify(items).slice(1, -1), indent).body).toBe(
        JSON.stringify(items, null, indent),
      );
    }
  });
});
