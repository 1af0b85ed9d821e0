import type { FieldError } from '@tripod/shared/errors/app-error';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { commonFormats, type Formats } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';

/** A wrong field, with the JSON Schema keyword that it breaks and the value it has. */
export type FieldFault = FieldError & { readonly keyword: string; readonly value: unknown };

/** Limit on the wrong fields of one answer: a client can send thousands of unknown ones. */
const maxFaults = 20;

/** A name from outside as one part of a JSON pointer in a URI fragment (RFC 6901 6), cut to a readable length. */
const pointerPart = (name: string): string =>
  encodeURIComponent(
    [...name.toWellFormed()].slice(0, 100).join('').replaceAll('~', '~0').replaceAll('/', '~1'),
  );

const range = (low: unknown, high: unknown): string => {
  if (low === undefined) return `at most ${high}`;
  if (high === undefined) return `at least ${low}`;
  return low === high ? String(low) : `${low} to ${high}`;
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

const describeType = (type: unknown): string =>
  [type]
    .flat()
    .map((name) => typeNames[String(name)] ?? String(name))
    .join(' or ');

/** `title, alt_text and url` */
const joinNames = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]+)$/, ' and $1');

/** What a value of this simple schema must be: `a whole number from 1 to 1000`, `a string of 1 to 32 characters`. */
export const describeSchema = ({ type, minimum, maximum, minLength, maxLength }: JsonSchema): string => {
  const bounds = range(minimum ?? minLength, maximum ?? maxLength);
  if (minimum !== undefined || maximum !== undefined) {
    return `${describeType(type)} ${minimum === undefined || maximum === undefined ? 'of' : 'from'} ${bounds}`;
  }
  const hasLength = minLength !== undefined || maxLength !== undefined;
  return hasLength ? `${describeType(type)} of ${bounds} characters` : describeType(type);
};

const explain = (error: ErrorObject, formats: Formats): FieldError => {
  const { keyword, instancePath, params, parentSchema = {} } = error;
  const pointer = `#${instancePath}`;
  switch (keyword) {
    case 'required':
      return { pointer: `${pointer}/${String(params['missingProperty'])}`, detail: 'is missing' };
    case 'additionalProperties':
      return {
        pointer: `${pointer}/${pointerPart(String(params['additionalProperty']))}`,
        detail: 'is not a known field',
      };
    case 'type': {
      const required = parentSchema['required'] as readonly string[] | undefined;
      const fields = params['type'] === 'object' && required ? ` with ${joinNames(required)}` : '';
      return { pointer, detail: `must be ${describeType(params['type'])}${fields}` };
    }
    case 'format':
      return { pointer, detail: formats[String(params['format'])]?.detail ?? 'is not valid' };
    case 'minLength':
    case 'maxLength':
      return {
        pointer,
        detail: `must have ${range(parentSchema['minLength'], parentSchema['maxLength'])} characters`,
      };
    case 'minItems':
    case 'maxItems':
      return {
        pointer,
        detail: `must have ${range(parentSchema['minItems'], parentSchema['maxItems'])} elements`,
      };
    case 'minimum':
    case 'maximum':
      return { pointer, detail: `must be ${describeSchema(parentSchema)}` };
    case 'enum':
      return { pointer, detail: `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}` };
    default:
      return { pointer, detail: error.message ?? 'is not valid' };
  }
};

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
      const explained = explain(error, formats);
      if (faults.size < maxFaults && !faults.has(explained.pointer)) {
        faults.set(explained.pointer, { ...explained, keyword: error.keyword, value: error.data });
      }
    }
    return [...faults.values()];
  };
};
