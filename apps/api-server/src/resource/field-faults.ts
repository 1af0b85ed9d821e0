import type { FieldError } from '@tripod/shared/errors/app-error';
import { explainSchemaError } from '@tripod/shared/schema/explain-schema-error';
import { Ajv, type ValidateFunction } from 'ajv';
import { commonFormats, type Formats } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';

/** A wrong field, with the JSON Schema keyword that it breaks and the value it has. */
export type FieldFault = FieldError & { readonly keyword: string; readonly value: unknown };

/** Limit on the wrong fields of one answer: a client can send thousands of unknown ones. */
const maxFaults = 20;

/** Finds what is wrong with a value: at most 20 fields, each once, unknown ones among them. Empty for a valid value. */
export type FindFaults = (value: unknown) => readonly FieldFault[];

/** Compiles a schema. Lengths count characters (code points). Throws on a schema that ajv refuses in strict mode. */
export const compileSchema = (schema: JsonSchema, ownFormats: Formats = {}): FindFaults => {
  const formats = { ...commonFormats, ...ownFormats };
  // All errors, so that a client can correct them at once; `verbose` adds the value and its schema to each.
  const check: ValidateFunction = new Ajv({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    formats: Object.fromEntries(Object.entries(formats).map(([name, { test }]) => [name, test])),
  }).compile(schema);
  return (value) => {
    if (check(value)) return [];
    const faults = new Map<string, FieldFault>();
    for (const error of check.errors ?? []) {
      const explained = explainSchemaError(error, { formats });
      if (faults.size < maxFaults && !faults.has(explained.pointer)) {
        faults.set(explained.pointer, { ...explained, keyword: error.keyword, value: error.data });
      }
    }
    return [...faults.values()];
  };
};
