import { describe, expect, it } from '@jest/globals';
import { entityTagOf } from '../../src/http/entity-tag.ts';

describe('entityTagOf', () => {
  it('gives the same strong tag to the same body', () => {
    expect(entityTagOf('[]')).toBe(entityTagOf('[]'));
    expect(entityTagOf('[]')).toMatch(/^"[\w-]{27}"$/);
  });

  it('gives another tag to another body', () => {
    expect(entityTagOf('[]')).not.toBe(entityTagOf('[ ]'));
  });
});
