import { describe, expect, it } from '@jest/globals';
import { cursorOf, nextPageLink, parsePage } from '../../src/images/image-page.ts';

const page = (query: string) => parsePage(new URLSearchParams(query));

describe('parsePage', () => {
  it('asks for everything without a limit', () => {
    expect(page('')).toBeUndefined();
    expect(page('indent=2')).toBeUndefined();
  });

  it.each([
    ['limit=1', { limit: 1, after: undefined }],
    ['limit=1000', { limit: 1000, after: undefined }],
    [`limit=10&after=${cursorOf('17')}`, { limit: 10, after: '17' }],
    [`limit=10&after=${cursorOf('9223372036854775807')}`, { limit: 10, after: '9223372036854775807' }],
  ])('reads %s', (query, expected) => {
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

describe('nextPageLink', () => {
  it('is a relative reference, which keeps the indent', () => {
    const request = { limit: 5, after: undefined };
    const plain = nextPageLink(request, '17', new URLSearchParams('limit=5'));
    expect(plain).toBe(`<images.json?limit=5&after=${cursorOf('17')}>; rel="next"`);
    const indented = nextPageLink(request, '17', new URLSearchParams('limit=5&indent=2'));
    expect(indented).toBe(`<images.json?limit=5&after=${cursorOf('17')}&indent=2>; rel="next"`);
  });
});
