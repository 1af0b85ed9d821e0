import type { MountedResource } from './define-resource.ts';
import { describeApi } from './describe-api.ts';
import type { Operation } from './operation.ts';

/** `/openapi.json`: describes the given resources and itself, and names the base path as a server. */
export const createDescriptionResource = (
  resources: readonly MountedResource[],
  basePath?: string,
): MountedResource => {
  const describe: Operation = {
    name: 'describeApi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    responses: { 200: { description: 'OpenAPI 3.1', schema: { type: 'object' } } },
    handle: () => ({ json: description }),
  };
  const own = { name: 'openapi', summary: 'Describes the API.', operations: [describe] };
  const description = describeApi([...resources, own], basePath);
  return own;
};
