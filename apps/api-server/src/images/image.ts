import { AppError, type FieldError } from '@tripod/shared/errors/app-error';
import { Ajv, type ErrorObject } from 'ajv';
import { imageErrors } from './image-errors.ts';
import { isImageUrl } from './image-url.ts';

/** A picture of the gallery, with its fields in the order in which they are answered. */
export type Image = {
  readonly title: string;
  readonly alt_text: string;
  readonly url: string;
};

// Control characters draw on terminals, U+0000 can't be stored, and half a surrogate pair would be stored as U+FFFD.
const isPlainText = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

/** Formats by name, each with what is said of a value that is not one. */
const formats = {
  'plain-text': {
    test: (text: string) => isPlainText(text) && /\S/.test(text),
    detail: 'must not be blank, and must not have control characters or halves of surrogate pairs',
  },
  'image-url': {
    test: (text: string) => isPlainText(text) && isImageUrl(text),
    detail:
      'must be an http or https address without a user name in it, or a path on this site such as /images/fox.svg',
  },
};

/** The one description of an image that comes in. Lengths count characters, as people do, not UTF-16 units. */
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

/** So many wrong fields are named at most: unknown ones come by the thousand when someone wants them to. */
const maxErrors = 20;

// All errors, so that a person can mend them at once: the body is small, and no rule here takes longer than its value.
const check = new Ajv({
  allErrors: true,
  strict: true,
  formats: Object.fromEntries(Object.entries(formats).map(([name, { test }]) => [name, test])),
}).compile<Image>(imageSchema);

const lengthOf = (pointer: string): string => {
  const name = pointer.slice(1) as keyof typeof imageSchema.properties;
  const { minLength, maxLength } = imageSchema.properties[name];
  return `must have ${minLength} to ${maxLength} characters`;
};

/** A name from outside as one part of a JSON pointer in a URI fragment (RFC 6901 6), cut to a readable length. */
const pointerPart = (name: string): string =>
  encodeURIComponent(
    [...name.toWellFormed()].slice(0, 100).join('').replaceAll('~', '~0').replaceAll('/', '~1'),
  );

const explain = ({ keyword, instancePath, params }: ErrorObject): FieldError => {
  const pointer = `#${instancePath}`;
  switch (keyword) {
    case 'required':
      return { pointer: `#/${String(params['missingProperty'])}`, detail: 'is missing' };
    case 'additionalProperties':
      return {
        pointer: `#/${pointerPart(String(params['additionalProperty']))}`,
        detail: 'is not a field of an image',
      };
    case 'type':
      return {
        pointer,
        detail: instancePath === '' ? 'must be an object with title, alt_text and url' : 'must be a text',
      };
    case 'format':
      return { pointer, detail: formats[params['format'] as keyof typeof formats].detail };
    default:
      return { pointer, detail: lengthOf(instancePath) };
  }
};

/** Any value → an image. Throws API_IMAGE_INVALID, which names every wrong field, unknown ones among them. */
export const parseImage = (value: unknown): Image => {
  if (check(value)) return { title: value.title, alt_text: value.alt_text, url: value.url };
  const errors = new Map<string, FieldError>();
  for (const error of check.errors ?? []) {
    const explained = explain(error);
    if (errors.size < maxErrors && !errors.has(explained.pointer)) errors.set(explained.pointer, explained);
  }
  throw new AppError(imageErrors.API_IMAGE_INVALID, {
    detail: 'An image has a title, an alt_text and a url, and nothing else.',
    errors: [...errors.values()],
  });
};
