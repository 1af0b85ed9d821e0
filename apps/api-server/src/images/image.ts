import type { Formats } from '../resource/formats.ts';
import { isPlainText } from '../resource/formats.ts';
import type { BodyDefinition } from '../resource/operation.ts';
import { imageErrors } from './image-errors.ts';
import { isImageUrl } from './image-url.ts';

/** An image of the gallery, with its fields in the order in which they are answered. */
export type Image = {
  readonly title: string;
  readonly alt_text: string;
  readonly url: string;
};

export const imageFormats: Formats = {
  'image-url': {
    test: (text) => isPlainText(text) && isImageUrl(text),
    detail:
      'must be an http or https address without a user name in it, or a path on this site such as /images/fox.svg',
  },
};

/** An image as clients send it. Lengths count characters (code points). */
export const imageSchema = {
  type: 'object',
  required: ['title', 'alt_text', 'url'],
  additionalProperties: false,
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 200, format: 'plain-text' },
    alt_text: { type: 'string', minLength: 1, maxLength: 500, format: 'plain-text' },
    url: { type: 'string', minLength: 1, maxLength: 2048, format: 'image-url' },
  },
} as const;

/** An image as lists show it: an adopted table may hold values that would not be accepted today. */
export const listedImageSchema = {
  type: 'object',
  required: imageSchema.required,
  additionalProperties: false,
  properties: { title: { type: 'string' }, alt_text: { type: 'string' }, url: { type: 'string' } },
} as const;

export const imageBody: BodyDefinition = {
  schema: imageSchema,
  error: imageErrors.API_IMAGE_INVALID,
  detail: 'An image has a title, an alt_text and a url, and nothing else.',
};
