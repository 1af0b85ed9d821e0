import type { MountedResource } from '../resource/define-resource.ts';
import type { Operation } from '../resource/operation.ts';

const statusSchema = {
  type: 'object',
  required: ['status'],
  additionalProperties: false,
  properties: { status: { type: 'string', enum: ['ok'] } },
} as const;

/** `GET` of the base path itself: whether a request gets as far as this API. It does not ask the database. */
export const createBasePathResource = (basePath: string): MountedResource => {
  const checkBasePath: Operation = {
    name: 'checkBasePath',
    method: 'GET',
    path: basePath,
    summary: 'Whether the API answers',
    cache: 'no-store',
    responses: { 200: { description: 'It answers', schema: statusSchema } },
    handle: () => ({ json: { status: 'ok' } }),
  };
  return { name: 'base-path', summary: 'Answers at the base path.', operations: [checkBasePath] };
};
