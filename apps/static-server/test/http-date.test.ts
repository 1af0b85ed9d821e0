import { describe, expect, it } from '@jest/globals';
import { findHttpDate, formatHttpDate } from '../src/http-date.ts';

const ms = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('findHttpDate', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'reads %j, one of the three forms',
    (text) => {
      expect(findHttpDate(text)).toBe(ms);
    },
  );

  it.each([
    undefined,
    '',
    '0',
    'yesterday',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0100',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 99 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    '"Sun, 06 Nov 1994 08:49:37 GMT"',
  ])('finds none in %j', (text) => {
    expect(findHttpDate(text)).toBeUndefined();
  });

  it('reads what is sent', () => {
    expect(formatHttpDate(ms)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
    expect(findHttpDate(formatHttpDate(ms))).toBe(ms);
  });
});
