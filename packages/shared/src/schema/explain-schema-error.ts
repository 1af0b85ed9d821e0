import type { ErrorObject } from 'ajv';
import type { FieldError } from '../errors/app-error.ts';

type Schema = Readonly<Record<string, unknown>>;

export type ExplainOptions = {
  /** What a field that the schema does not know is told. Default `is not a known field`. */
  readonly unknownField?: string;
  /** Sentences for the formats of the schema, by their names. */
  readonly formats?: Readonly<Record<string, { readonly detail: string }>>;
};

/** A name as one part of a JSON pointer (RFC 6901). */
export const pointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** A name from outside as one part of a JSON pointer in a URI fragment (RFC 6901 6), cut to a readable length. */
const fragmentPart = (name: string): string =>
  encodeURIComponent(pointerToken([...name.toWellFormed()].slice(0, 100).join('')));

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
export const describeSchema = ({ type, minimum, maximum, minLength, maxLength }: Schema): string => {
  const bounds = range(minimum ?? minLength, maximum ?? maxLength);
  if (minimum !== undefined || maximum !== undefined) {
    return `${describeType(type)} ${minimum === undefined || maximum === undefined ? 'of' : 'from'} ${bounds}`;
  }
  const hasLength = minLength !== undefined || maxLength !== undefined;
  return hasLength ? `${describeType(type)} of ${bounds} characters` : describeType(type);
};

/**
 * Explains one error of ajv, run with `verbose`, as a wrong field: where it is, as a JSON pointer in a URI fragment,
 * and what it must be. The sentence does not repeat the value.
 */
export const explainSchemaError = (
  { keyword, instancePath, params, parentSchema = {}, message }: ErrorObject,
  { unknownField = 'is not a known field', formats = {} }: ExplainOptions = {},
): FieldError => {
  const pointer = `#${instancePath}`;
  switch (keyword) {
    case 'required':
      return {
        pointer: `${pointer}/${pointerToken(String(params['missingProperty']))}`,
        detail: 'is missing',
      };
    case 'additionalProperties':
      return {
        pointer: `${pointer}/${fragmentPart(String(params['additionalProperty']))}`,
        detail: unknownField,
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
      return { pointer, detail: message ?? 'is not valid' };
  }
};
