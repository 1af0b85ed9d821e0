import { describe, expect, it } from '@jest/globals';
import { entityTagOf, representationOf } from '../../src/resource/representation.ts';

describe('entityTagOf', () => {
  it('is the same strong tag for the same body', () => {
    expect(entityTagOf('[]')).toBe(entityTagOf('[]'));
    expect(entityTagOf('[]')).toMatch(/^"[\w-]{27}"$/);
  });

  it('is another tag for another body', () => {
    expect(entityTagOf('[]')).not.toBe(entityTagOf('[ ]'));
  });
});

describe('representationOf', () => {
  it.each([
    ['[]', 2, 'latin1'],
    ['["~"]', 5, 'latin1'],
    ['["é"]', 6, 'utf8'],
    ['["猫🐈"]', 11, 'utf8'],
    ['["\u0080"]', 6, 'utf8'],
  ])('represents %s as %i bytes of %s', (body, bytes, encoding) => {
    expect(representationOf(body)).toEqual({ body, bytes, encoding });
    expect(Buffer.from(body, encoding as BufferEncoding)).toEqual(Buffer.from(body, 'utf8'));
  });
});
