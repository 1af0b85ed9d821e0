import { describe, expect, it } from '@jest/globals';
import { describeSchema, explainSchemaError } from '@tripod/shared/schema/explain-schema-error';
import { Ajv } from 'ajv';

const ajv = new Ajv({ allErrors: true, verbose: true, formats: { word: /^\w+$/ } });
const explain = (schema: object, value: unknown) => {
  const check = ajv.compile(schema);
  check(value);
  return (check.errors ?? []).map((error) =>
    explainSchemaError(error, { formats: { word: { detail: 'must be one word' } } }),
  );
};

describe('explainSchemaError', () => {
  it.each([
    [{ type: 'integer' }, 'x', 'must be a whole number'],
    [{ type: 'object', required: ['a', 'b', 'c'] }, 1, 'must be an object with a, b and c'],
    [{ type: 'string', maxLength: 2 }, 'abc', 'must have at most 2 characters'],
    [{ type: 'string', minLength: 1, maxLength: 2 }, '', 'must have 1 to 2 characters'],
    [{ type: 'integer', minimum: 1, maximum: 9 }, 10, 'must be a whole number from 1 to 9'],
    [{ type: 'integer', minimum: 1 }, 0, 'must be a whole number of at least 1'],
    [{ type: 'array', maxItems: 1 }, [1, 2], 'must have at most 1 elements'],
    [{ enum: ['a', 'b'] }, 'c', 'must be one of a, b'],
    [{ type: 'string', format: 'word' }, 'a b', 'must be one word'],
  ])('explains what %j does not allow', (schema, value, detail) => {
    expect(explain(schema, value)).toEqual([{ pointer: '#', detail }]);
  });

  it('points to a missing field and to an unknown one, whose name it escapes and cuts', () => {
    const schema = {
      type: 'object',
      required: ['a/b'],
      properties: { 'a/b': {} },
      additionalProperties: false,
    };
    expect(explain(schema, { 'x/~ ': 1 })).toEqual([
      { pointer: '#/a~1b', detail: 'is missing' },
      { pointer: '#/x~1~0%20', detail: 'is not a known field' },
    ]);
    const [unknown] = explain({ type: 'object', additionalProperties: false }, { ['x'.repeat(500)]: 1 });
    expect(unknown?.pointer).toBe(`#/${'x'.repeat(100)}`);
  });
});

describe('describeSchema', () => {
  it.each([
    [{ type: ['integer', 'null'], minimum: 1, maximum: 1 }, 'a whole number or null from 1'],
    [{ type: 'string', minLength: 1, maxLength: 32 }, 'a string of 1 to 32 characters'],
    [{ type: 'boolean' }, 'true or false'],
  ])('describes %j', (schema, words) => {
    expect(describeSchema(schema)).toBe(words);
  });
});
