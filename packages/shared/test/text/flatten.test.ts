import { describe, expect, it } from '@jest/globals';
import { flatten } from '@tripod/shared/text/flatten';
import fc from 'fast-check';

describe('flatten', () => {
  it('returns the same text', () => {
    const latin1 = fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(fc.array(latin1), (pieces) => {
        expect(flatten(pieces.join(''))).toBe(pieces.join(''));
      }),
    );
  });
});
