import { type Formats, isPlainText } from '../resource/formats.ts';
import type { BodyDefinition } from '../resource/operation.ts';
import { personErrors } from './person-errors.ts';

/** A person as clients send it: nickname, name, date of birth, and the technologies that the person knows. */
export type Person = {
  readonly apelido: string;
  readonly nome: string;
  /** YYYY-MM-DD */
  readonly nascimento: string;
  readonly stack?: readonly string[] | null;
};

/** A person as it is answered, with its fields in this order. */
export type StoredPerson = { readonly id: string } & Required<Person>;

/** Whether a text is a date of the Gregorian calendar from year 1 to 9999, written YYYY-MM-DD. */
export const isRealDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};

export const personFormats: Formats = {
  'real-date': { test: isRealDate, detail: 'must be a real date, as YYYY-MM-DD' },
  technology: {
    test: isPlainText,
    detail: 'must not have control characters or lone surrogates',
  },
};

const fields = {
  apelido: { type: 'string', minLength: 1, maxLength: 32, format: 'plain-text' },
  nome: { type: 'string', minLength: 1, maxLength: 100, format: 'plain-text' },
  nascimento: { type: 'string', format: 'real-date' },
  stack: {
    type: ['array', 'null'],
    items: { type: 'string', minLength: 1, maxLength: 32, format: 'technology' },
  },
} as const;

/** Unknown fields are ignored, as the clients of the contest expect. */
export const personSchema = {
  type: 'object',
  required: ['apelido', 'nome', 'nascimento'],
  properties: fields,
} as const;

export const storedPersonSchema = {
  type: 'object',
  required: ['id', 'apelido', 'nome', 'nascimento', 'stack'],
  additionalProperties: false,
  properties: { id: { type: 'string', format: 'uuid' }, ...fields },
} as const;

export const personBody: BodyDefinition = {
  schema: personSchema,
  // The contest asks 422 for null in a field of the person, and 400 for null in the list.
  error: (faults) =>
    faults.some(
      ({ keyword, value, pointer }) =>
        keyword === 'type' && (value !== null || pointer === '#' || pointer.startsWith('#/stack/')),
    )
      ? personErrors.API_PERSON_MALFORMED
      : personErrors.API_PERSON_INVALID,
  detail: 'A person has an apelido, a nome and a nascimento, and may have a stack.',
};
