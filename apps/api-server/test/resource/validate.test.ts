import { describe, expect, it } from '@jest/globals';
import type { AppError } from '@tripod/shared/errors/app-error';
import { defineErrors } from '@tripod/shared/errors/define-errors';
import { createBodyCheck, createPathCheck, createQueryParser } from '../../src/resource/validate.ts';

const errors = defineErrors({
  WRONG_TYPE: { status: 400, title: 'x', meaning: 'x' },
  WRONG_VALUE: { status: 422, title: 'x', meaning: 'x' },
});
const errorOf = (work: () => unknown): AppError => {
  try {
    work();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was refused');
};

describe('createQueryParser', () => {
  const parse = createQueryParser({
    key: { description: 'x', required: true, schema: { type: 'string', maxLength: 5, format: 'plain-text' } },
    count: { description: 'x', schema: { type: 'integer', minimum: -5 }, error: errors.WRONG_VALUE },
    loud: { description: 'x', schema: { type: 'boolean' } },
  });
  const read = (text: string) => parse(new URLSearchParams(text));

  it('converts values to the types of their schemas and ignores other names', () => {
    expect(read('key=7&count=-5&loud=false&other=1')).toEqual({ key: '7', count: -5, loud: false });
    expect(read('key=ok')).toEqual({ key: 'ok' });
  });

  it.each([
    ['', 'API_QUERY_INVALID', 'key must be given once, as a string of at most 5 characters.'],
    ['key=a&key=a', 'API_QUERY_INVALID', 'key must be given once, as a string of at most 5 characters.'],
    ['key=123456', 'API_QUERY_INVALID', 'key must be given once, as a string of at most 5 characters.'],
    ['key=%00', 'API_QUERY_INVALID', 'key must not be blank, and must not have control characters'],
    ['key=a&loud=yes', 'API_QUERY_INVALID', 'loud must be given once, as true or false.'],
    ['key=a&count=-6', 'WRONG_VALUE', 'count must be given once, as a whole number of at least -5.'],
    ['key=a&count=1.0', 'WRONG_VALUE', 'count must be given once'],
    [
      'count=x',
      'API_QUERY_INVALID',
      'characters. count must be given once, as a whole number of at least -5.',
    ],
  ])('refuses ?%s with %s and a sentence for each wrong parameter', (text, code, detail) => {
    const error = errorOf(() => read(text));
    expect(error.code).toBe(code);
    expect(error.detail).toContain(detail);
  });
});

describe('createPathCheck', () => {
  it('throws the error of the parameter, or NOT_FOUND', () => {
    const schema = { type: 'integer', minimum: 1 };
    const own = createPathCheck({ id: { description: 'x', schema, error: errors.WRONG_VALUE } });
    const common = createPathCheck({ id: { description: 'x', schema } });
    expect(() => own({ id: '1' })).not.toThrow();
    expect(errorOf(() => own({ id: '0' })).code).toBe('WRONG_VALUE');
    expect(errorOf(() => common({ id: '1x' })).code).toBe('NOT_FOUND');
  });
});

describe('createBodyCheck', () => {
  const check = createBodyCheck({
    schema: {
      type: 'object',
      required: ['name', 'tags'],
      properties: {
        name: { type: 'string', minLength: 2, maxLength: 2 },
        tags: { type: ['array', 'null'], maxItems: 2, items: { type: 'string', enum: ['a', 'b'] } },
      },
    },
    error: (faults) =>
      faults.some(({ keyword, value }) => keyword === 'type' && value !== null)
        ? errors.WRONG_TYPE
        : errors.WRONG_VALUE,
    detail: 'It has a name and tags.',
  });

  it.each([
    [{ name: null, tags: null }, 'WRONG_VALUE', '#/name', 'must be a string'],
    [{ name: 7, tags: null }, 'WRONG_TYPE', '#/name', 'must be a string'],
    [{ tags: null }, 'WRONG_VALUE', '#/name', 'is missing'],
    [{ name: 'abc', tags: null }, 'WRONG_VALUE', '#/name', 'must have 2 characters'],
    [{ name: 'ab', tags: 'a' }, 'WRONG_TYPE', '#/tags', 'must be an array or null'],
    [{ name: 'ab', tags: ['a', 'c'] }, 'WRONG_VALUE', '#/tags/1', 'must be one of a, b'],
    [{ name: 'ab', tags: ['a', 'b', 'a'] }, 'WRONG_VALUE', '#/tags', 'must have at most 2 elements'],
    [[], 'WRONG_TYPE', '#', 'must be an object with name and tags'],
  ])('chooses the error of %j by its faults', (body, code, pointer, detail) => {
    const error = errorOf(() => check(body));
    expect(error).toMatchObject({ code, detail: 'It has a name and tags.', errors: [{ pointer, detail }] });
  });
});
