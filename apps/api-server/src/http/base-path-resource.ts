import { ConfigError } from '@tripod/shared/config/config-error';
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

/** Whether a path of an operation, such as `/books/:id`, takes this request path. */
const takesPath = (operationPath: string, requestPath: string): boolean => {
  const segments = requestPath.split('/');
  const wanted = operationPath.split('/');
  return (
    segments.length === wanted.length &&
    wanted.every((segment, at) => segment.startsWith(':') || segment === segments[at])
  );
};

/**
 * Checks that nothing is served at the base path, or at a path of an operation below it, without the base path. Throws
 * a ConfigError.
 */
export const checkBasePathIsFree = (
  basePath: string,
  operationPaths: readonly string[],
  operationalPaths: readonly string[],
): void => {
  const wanted = [basePath, ...operationPaths.map((path) => `${basePath}${path}`)];
  const taken = [...operationPaths, ...operationalPaths].find((path) =>
    wanted.some((place) => takesPath(path, place)),
  );
  if (taken === undefined) return;
  throw new ConfigError([
    {
      source: '--base-path',
      problem: `must be a path at which the API serves nothing else, such as /api, and ${basePath} is in the way of ${taken}`,
    },
  ]);
};
