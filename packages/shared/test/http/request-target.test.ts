import { describe, expect, it } from '@jest/globals';
import { findCharacterFault, pathOf, queryOf } from '@tripod/shared/http/request-target';

describe('request target', () => {
  it.each([
    ['/a', '/a', ''],
    ['/a?', '/a', '?'],
    ['/a?b=?c', '/a', '?b=?c'],
  ])('%s has the path %s and the query "%s"', (target, path, query) => {
    expect([pathOf(target), queryOf(target)]).toEqual([path, query]);
  });

  it.each(['/a b', '/\u00e4', '/\t', '/a\u0000', '/a?b c'])(
    '%j holds a character that must be encoded',
    (target) => {
      expect(findCharacterFault(target)).toContain('percent-encoded');
    },
  );

  it('reports a fragment', () => {
    expect(findCharacterFault('/a#b')).toContain('fragment');
  });

  it('accepts every visible ASCII character except #', () => {
    const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join('');
    expect(findCharacterFault(`/${visible.replace('#', '')}`)).toBeUndefined();
  });
});
