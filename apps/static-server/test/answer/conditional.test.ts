import { describe, expect, it } from '@jest/globals';
import { evaluatePreconditions, findHttpDate, isRangeCurrent } from '../../src/answer/conditional.ts';

const toHttpDate = (ms: number): string => new Date(ms).toUTCString();
const modifiedMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const file = { etag: '"now"', modifiedMs };
const same = toHttpDate(modifiedMs);
const later = toHttpDate(modifiedMs + 1000);
const earlier = toHttpDate(modifiedMs - 1000);

describe('evaluatePreconditions', () => {
  it.each([
    ['no precondition', {}, 'send'],
    ['the entity tag', { 'if-none-match': '"now"' }, 'not-modified'],
    ['the entity tag marked weak', { 'if-none-match': 'W/"now"' }, 'not-modified'],
    ['a list with the entity tag', { 'if-none-match': '"a", W/"b" ,"now"' }, 'not-modified'],
    ['a list without spaces', { 'if-none-match': '"a","now"' }, 'not-modified'],
    ['a list without the entity tag', { 'if-none-match': '"a", "b"' }, 'send'],
    ['an asterisk', { 'if-none-match': '*' }, 'not-modified'],
    ['an asterisk in quotes', { 'if-none-match': '"*"' }, 'send'],
    ['a malformed list that holds the entity tag', { 'if-none-match': '"a, "now", b"' }, 'not-modified'],
    ['an entity tag with a comma', { 'if-none-match': '"a,now"' }, 'send'],
    ['an entity tag without quotes', { 'if-none-match': 'now' }, 'send'],
    ['the entity tag in other letter case', { 'if-none-match': '"NOW"' }, 'send'],
    ['an empty list', { 'if-none-match': '' }, 'send'],
    ['the date', { 'if-modified-since': same }, 'not-modified'],
    ['a later date', { 'if-modified-since': later }, 'not-modified'],
    ['an earlier date', { 'if-modified-since': earlier }, 'send'],
    ['an invalid date', { 'if-modified-since': 'tomorrow' }, 'send'],
    ['another entity tag and the date', { 'if-none-match': '"a"', 'if-modified-since': same }, 'send'],
    [
      'the entity tag and an earlier date',
      { 'if-none-match': '"now"', 'if-modified-since': earlier },
      'not-modified',
    ],
    ['If-Match with the entity tag', { 'if-match': '"a", "now"' }, 'send'],
    ['If-Match with the entity tag marked weak', { 'if-match': 'W/"now"' }, 'failed'],
    ['If-Match with another entity tag', { 'if-match': '"a"' }, 'failed'],
    ['If-Match with an asterisk', { 'if-match': '*' }, 'send'],
    [
      'If-Match with the entity tag and an earlier date',
      { 'if-match': '"now"', 'if-unmodified-since': earlier },
      'send',
    ],
    [
      'If-Match and If-None-Match with the entity tag',
      { 'if-match': '"now"', 'if-none-match': '"now"' },
      'not-modified',
    ],
    ['If-Unmodified-Since with the date', { 'if-unmodified-since': same }, 'send'],
    ['If-Unmodified-Since with an earlier date', { 'if-unmodified-since': earlier }, 'failed'],
    ['If-Unmodified-Since with an invalid date', { 'if-unmodified-since': 'x' }, 'send'],
  ] as const)('evaluates %s, headers %j, as %s', (_what, headers, outcome) => {
    expect(evaluatePreconditions(headers, file)).toBe(outcome);
  });
});

describe('isRangeCurrent', () => {
  it.each([
    [undefined, true],
    ['"now"', true],
    ['W/"now"', false],
    ['"a"', false],
    ['*', false],
    ['"a", "now"', false],
    [same, true],
    [later, false],
    [earlier, false],
    ['yesterday', false],
  ])('evaluates If-Range %j as %s', (ifRange, current) => {
    expect(isRangeCurrent(ifRange, file)).toBe(current);
  });
});

describe('findHttpDate', () => {
  const dateMs = Date.UTC(1994, 10, 6, 8, 49, 37);

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'parses %j, one of the three forms of RFC 9110',
    (text) => {
      expect(findHttpDate(text)).toBe(dateMs);
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
  ])('returns undefined for %j', (text) => {
    expect(findHttpDate(text)).toBeUndefined();
  });

  it('parses the form that the server sends', () => {
    expect(toHttpDate(dateMs)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
    expect(findHttpDate(toHttpDate(dateMs))).toBe(dateMs);
  });
});
