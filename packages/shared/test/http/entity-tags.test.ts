import { describe, expect, it } from '@jest/globals';
import { isListedTag } from '@tripod/shared/http/entity-tags';

describe('isListedTag', () => {
  it.each([
    ['the tag itself', '"abc"', true],
    ['the tag as a weak one', 'W/"abc"', true],
    ['a list with the tag', '"x", W/"y","abc"', true],
    ['a list in which a tag holds a comma', '"x,y", "abc"', true],
    ['any', '*', true],
    ['any, with spaces', ' * ', true],
    ['an empty header', '', false],
    ['another tag', '"abcd"', false],
    ['the tag without quotes', 'abc', false],
    ['the tag inside another one', '"x,abc,y"', false],
    ['any inside a list, which the grammar does not have', '"x", *', false],
    ['the tag in another case', '"ABC"', false],
  ])('compares weakly: %s', (_what, list, expected) => {
    expect(isListedTag(list, '"abc"', 'weak')).toBe(expected);
  });

  it.each([
    ['the tag itself', '"x", "abc"', true],
    ['the tag as a weak one', 'W/"abc"', false],
    ['any', '*', true],
  ])('compares strongly: %s', (_what, list, expected) => {
    expect(isListedTag(list, '"abc"', 'strong')).toBe(expected);
  });
});
