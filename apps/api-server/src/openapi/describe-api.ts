import { maxIndent } from '../http/indent.ts';
import { maxBodyBytes } from '../http/read-json-body.ts';
import { imageSchema } from '../images/image.ts';
import { maxLimit } from '../images/image-page.ts';
import { problemResponses, problemSchema } from './problem-schema.ts';
import { text, withId } from './with-id.ts';

const json = (schema: object) => ({ 'application/json': { schema } });
const image = { $ref: '#/components/schemas/Image' };
const listed = { $ref: '#/components/schemas/ListedImage' };

const indent = {
  name: 'indent',
  in: 'query',
  description: 'Spaces of indentation; 0, the default, is compact',
  schema: { type: 'integer', minimum: 0, maximum: maxIndent },
};
const page = [
  {
    name: 'limit',
    in: 'query',
    description: 'Most images of one page; without it everything is answered',
    schema: { type: 'integer', minimum: 1, maximum: maxLimit },
  },
  {
    name: 'after',
    in: 'query',
    description: 'Where the page begins: as it stands in the Link header of the page before',
    schema: { type: 'string' },
  },
];

const listImages = {
  summary: 'All images, or a page of them, in the order in which they were added',
  operationId: 'listImages',
  parameters: [indent, ...page],
  responses: {
    200: {
      description: 'The list. One over 1 MiB is streamed, without ETag and Content-Length',
      headers: withId({
        ETag: text,
        Link: { description: 'The next page, when there is one', ...text },
        'Cache-Control': { required: true, ...text },
      }),
      content: json({ type: 'array', items: listed }),
    },
    304: { description: 'The client has this list', headers: withId({ ETag: { required: true, ...text } }) },
    ...problemResponses(
      'API_INDENT_INVALID',
      'API_LIMIT_INVALID',
      'API_CURSOR_INVALID',
      'API_DATABASE_UNAVAILABLE',
    ),
  },
};

const addImage = {
  summary: 'Adds an image',
  description: `Answered once it is stored for good. The body is JSON of at most ${maxBodyBytes} bytes, whatever its Content-Type.`,
  operationId: 'addImage',
  parameters: [indent],
  requestBody: { required: true, content: json(image) },
  responses: {
    200: { description: 'The image, as it was stored', headers: withId({}), content: json(image) },
    ...problemResponses(
      'API_INDENT_INVALID',
      'API_BODY_NOT_JSON',
      'API_BODY_TOO_LARGE',
      'API_BODY_ENCODING_UNSUPPORTED',
      'API_IMAGE_INVALID',
      'API_DATABASE_UNAVAILABLE',
      'API_DURABILITY_OFF',
      'API_WRITE_UNCERTAIN',
    ),
  },
};

const status = (description: string, ...values: readonly string[]) => ({
  description,
  headers: withId({}),
  content: json({
    type: 'object',
    required: ['status'],
    additionalProperties: false,
    properties: {
      status: { type: 'string', enum: values },
      reasons: { type: 'object', additionalProperties: { type: 'string' } },
      notes: { type: 'object', additionalProperties: { type: 'string' } },
    },
  }),
});

/** What the API is, as OpenAPI 3.1, made of the very schemas and limits that requests are held against. */
export const describeApi = () => ({
  openapi: '3.1.0',
  info: { title: 'Tripod: the API of the gallery', version: '0.1.0' },
  servers: [{ url: '.' }],
  paths: {
    '/images.json': { get: listImages, post: addImage },
    '/livez': {
      get: {
        summary: 'Whether the process answers',
        responses: { 200: status('It does', 'live'), ...problemResponses() },
      },
    },
    '/readyz': {
      get: {
        summary: 'Whether requests should be sent here',
        responses: {
          200: status('They should', 'ready'),
          503: status('They should not, for these reasons', 'not ready'),
          ...problemResponses(),
        },
      },
    },
    '/openapi.json': {
      get: {
        summary: 'This description',
        parameters: [indent],
        responses: {
          200: { description: 'OpenAPI 3.1', headers: withId({}), content: json({ type: 'object' }) },
          ...problemResponses('API_INDENT_INVALID'),
        },
      },
    },
  },
  components: {
    schemas: {
      Image: imageSchema,
      // A table that was there before may hold what would not be taken today.
      ListedImage: {
        type: 'object',
        required: imageSchema.required,
        additionalProperties: false,
        properties: { title: { type: 'string' }, alt_text: { type: 'string' }, url: { type: 'string' } },
      },
      Problem: problemSchema,
    },
  },
});
