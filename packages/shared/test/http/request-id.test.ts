import { describe, expect, it } from '@jest/globals';
import { requestIdOf } from '@tripod/shared/http/request-id';

const own = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-\d+$/;

describe('requestIdOf', () => {
  it.each(['12345678', 'a.b_c-D9', 'x'.repeat(64)])('keeps %s', (id) => {
    expect(requestIdOf(id)).toBe(id);
  });

  it.each([
    undefined,
    '',
    '1234567',
    'x'.repeat(65),
    'with space',
    'line\r\nbreak',
    'ünïcödé!',
    '12345678\n',
  ])('replaces %j', (id) => {
    expect(requestIdOf(id)).toMatch(own);
  });

  it('replaces a repeated header', () => {
    expect(requestIdOf(['12345678', '12345678'])).toMatch(own);
  });

  it('creates a new id each time', () => {
    expect(requestIdOf(undefined)).not.toBe(requestIdOf(undefined));
  });
});
