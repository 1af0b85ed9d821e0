import { describe, expect, it } from '@jest/globals';
import { entityTagOf, matchesEntityTag } from '../../src/http/entity-tag.ts';

describe('entityTagOf', () => {
  it('gives the same strong tag to the same body', () => {
    expect(entityTagOf('[]')).toBe(entityTagOf('[]'));
    expect(entityTagOf('[]')).toMatch(/^"[\w-]{27}"$/);
  });

  it('gives another tag to another body', () => {
    expect(entityTagOf('[]')).not.toBe(entityTagOf('[ ]'));
  });
});

describe('matchesEntityTag', () => {
  it.each([
    ['the tag itself', '"abc"', true],
    ['the tag as a weak one', 'W/"abc"', true],
    ['a list with the tag', '"x", W/"y","abc"', true],
    ['a list in which a tag holds a comma', '"x,y", "abc"', true],
    ['any', '*', true],
    ['any, with spaces', ' * ', true],
    ['nothing', undefined, false],
    ['an empty header', '', false],
    ['another tag', '"abcd"', false],
    ['the tag without quotes', 'abc', false],
    ['the tag inside another one', '"x,abc,y"', false],
    ['any inside a list, which the grammar does not have', '"x", *', false],
    ['the tag in another case', '"ABC"', false],
  ])('takes %s as it should', (_what, header, expected) => {
    expect(matchesEntityTag(header, '"abc"')).toBe(expected);
  });
});
