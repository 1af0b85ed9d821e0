import type { Formats } from '../resource/formats.ts';
import type { BodyDefinition } from '../resource/operation.ts';
import { bookErrors } from './book-errors.ts';
import { isIsbn } from './isbn.ts';

/** A book as clients send it. */
export type Book = {
  readonly title: string;
  readonly author: string;
  readonly isbn?: string | null;
  readonly published_year?: number | null;
};

export const bookFormats: Formats = {
  isbn: {
    test: isIsbn,
    detail: 'must be an ISBN of 10 or 13 digits with the right check digit; hyphens are allowed',
  },
};

const fields = {
  title: { type: 'string', minLength: 1, maxLength: 300, format: 'plain-text' },
  author: { type: 'string', minLength: 1, maxLength: 200, format: 'plain-text' },
  isbn: { type: ['string', 'null'], format: 'isbn' },
  // The year after this one is the largest, which the handler checks: a schema cannot name it.
  published_year: { type: ['integer', 'null'], minimum: -3000 },
} as const;

export const bookSchema = {
  type: 'object',
  required: ['title', 'author'],
  additionalProperties: false,
  properties: fields,
} as const;

export const storedBookSchema = {
  type: 'object',
  required: ['id', ...Object.keys(fields), 'created_at'],
  additionalProperties: false,
  properties: { id: { type: 'integer' }, ...fields, created_at: { type: 'string', format: 'date-time' } },
} as const;

export const bookBody: BodyDefinition = {
  schema: bookSchema,
  error: bookErrors.API_BOOK_INVALID,
  detail: 'A book has a title and an author, and may have an isbn and a published_year.',
};
