import { type Formats, hasVisibleCharacter } from '../resource/formats.ts';
import type { BodyDefinition } from '../resource/operation.ts';
import { postErrors } from './post-errors.ts';

/** A post as clients send it. */
export type Post = { readonly title: string; readonly body: string };

export const postFormats: Formats = {
  'text-lines': {
    test: (text) => text.isWellFormed() && hasVisibleCharacter(text) && !/[^\P{Cc}\t\n\r]/u.test(text),
    detail: 'must not be blank, and must have no control characters other than tab and line breaks',
  },
};

const fields = {
  title: { type: 'string', minLength: 1, maxLength: 200, format: 'plain-text' },
  body: { type: 'string', minLength: 1, maxLength: 10_000, format: 'text-lines' },
} as const;

export const postSchema = {
  type: 'object',
  required: ['title', 'body'],
  additionalProperties: false,
  properties: fields,
} as const;

export const storedPostSchema = {
  type: 'object',
  required: ['id', 'title', 'body', 'created_at'],
  additionalProperties: false,
  properties: { id: { type: 'integer' }, ...fields, created_at: { type: 'string', format: 'date-time' } },
} as const;

export const postBody: BodyDefinition = {
  schema: postSchema,
  error: postErrors.API_POST_INVALID,
  detail: 'A post has a title and a body, and nothing else.',
};
