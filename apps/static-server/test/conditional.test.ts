import { describe, expect, it } from '@jest/globals';
import { evaluateConditions, isRangeCurrent } from '../src/conditional.ts';
import { formatHttpDate } from '../src/http-date.ts';

const modifiedMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const file = { etag: '"now"', modifiedMs };
const same = formatHttpDate(modifiedMs);
const later = formatHttpDate(modifiedMs + 1000);
const earlier = formatHttpDate(modifiedMs - 1000);

describe('evaluateConditions', () => {
  it.each([
    ['nothing', {}, 'send'],
    ['the tag', { 'if-none-match': '"now"' }, 'not-modified'],
    ['the tag as a weak one', { 'if-none-match': 'W/"now"' }, 'not-modified'],
    ['a list with the tag', { 'if-none-match': '"a", W/"b" ,"now"' }, 'not-modified'],
    ['a list without blanks', { 'if-none-match': '"a","now"' }, 'not-modified'],
    ['a list without the tag', { 'if-none-match': '"a", "b"' }, 'send'],
    ['a star', { 'if-none-match': '*' }, 'not-modified'],
    ['a star in quotes', { 'if-none-match': '"*"' }, 'send'],
    ['a tag that holds the tag', { 'if-none-match': '"a, "now", b"' }, 'not-modified'],
    ['a tag with a comma', { 'if-none-match': '"a,now"' }, 'send'],
    ['a tag without quotes', { 'if-none-match': 'now' }, 'send'],
    ['a tag in other case', { 'if-none-match': '"NOW"' }, 'send'],
    ['an empty list', { 'if-none-match': '' }, 'send'],
    ['the date', { 'if-modified-since': same }, 'not-modified'],
    ['a later date', { 'if-modified-since': later }, 'not-modified'],
    ['an earlier date', { 'if-modified-since': earlier }, 'send'],
    ['no valid date', { 'if-modified-since': 'tomorrow' }, 'send'],
    ['another tag, and the date', { 'if-none-match': '"a"', 'if-modified-since': same }, 'send'],
    [
      'the tag, and an earlier date',
      { 'if-none-match': '"now"', 'if-modified-since': earlier },
      'not-modified',
    ],
    ['If-Match with the tag', { 'if-match': '"a", "now"' }, 'send'],
    ['If-Match with the tag as a weak one', { 'if-match': 'W/"now"' }, 'failed'],
    ['If-Match with another tag', { 'if-match': '"a"' }, 'failed'],
    ['If-Match with a star', { 'if-match': '*' }, 'send'],
    [
      'If-Match with the tag, and an earlier date',
      { 'if-match': '"now"', 'if-unmodified-since': earlier },
      'send',
    ],
    [
      'If-Match and If-None-Match with the tag',
      { 'if-match': '"now"', 'if-none-match': '"now"' },
      'not-modified',
    ],
    ['If-Unmodified-Since of the date', { 'if-unmodified-since': same }, 'send'],
    ['If-Unmodified-Since of an earlier date', { 'if-unmodified-since': earlier }, 'failed'],
    ['If-Unmodified-Since of no date', { 'if-unmodified-since': 'x' }, 'send'],
  ] as const)('given %s', (_what, headers, outcome) => {
    expect(evaluateConditions(headers, file)).toBe(outcome);
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
  ])('given If-Range %j is %s', (ifRange, current) => {
    expect(isRangeCurrent(ifRange, file)).toBe(current);
  });
});
