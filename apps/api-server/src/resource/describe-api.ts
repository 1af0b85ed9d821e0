import type { ErrorDefinition } from '@tripod/shared/errors/define-errors';
import type { MountedResource } from './define-resource.ts';
import { groupBy } from './group-by.ts';
import { indentParameter } from './indent.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Operation, Parameter, ResponseDescription } from './operation.ts';
import { createProblemSchema, problemResponses, textHeader, withRequestId } from './problem-responses.ts';
import { requestErrors } from './request-errors.ts';

const bodyErrors: readonly ErrorDefinition[] = [
  requestErrors.API_BODY_NOT_JSON,
  requestErrors.API_BODY_TOO_LARGE,
  requestErrors.API_BODY_ENCODING_UNSUPPORTED,
];

/** Every error that an operation can answer, those of its parameters and body included, each once. */
export const errorsOf = ({
  params = {},
  query = {},
  body,
  errors = [],
}: Operation): readonly ErrorDefinition[] => {
  const ofQuery = Object.values({ indent: indentParameter, ...query }).map(
    ({ error = requestErrors.API_QUERY_INVALID }) => error,
  );
  const ofParams = Object.values(params).flatMap(({ error }) => error ?? []);
  const ofBody = body ? [...bodyErrors, ...(typeof body.error === 'function' ? [] : [body.error])] : [];
  return [...new Set([...ofQuery, ...ofParams, ...ofBody, ...errors])];
};

/** Replaces each schema that OpenAPI lists by name with a reference to it. */
const createReferences = (schemas: Readonly<Record<string, JsonSchema>>) => {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [schema, name]));
  const refer = (value: unknown, isRoot = false): unknown => {
    const name = isRoot ? undefined : names.get(value as JsonSchema);
    if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
    if (Array.isArray(value)) return value.map((item) => refer(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, refer(item)]));
  };
  return refer;
};

const describeParameter = (
  place: 'path' | 'query' | 'header',
  name: string,
  { description, schema, required }: Parameter,
) => ({
  name,
  in: place,
  ...(place === 'path' || required ? { required: true } : {}),
  description,
  schema,
});

const describeParameters = ({ path, params = {}, query = {}, headers = {} }: Operation) => [
  ...[...path.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    describeParameter('path', name, params[name] ?? { description: name, schema: { type: 'string' } }),
  ),
  ...Object.entries({ indent: indentParameter, ...query }).map(([name, parameter]) =>
    describeParameter('query', name, parameter),
  ),
  ...Object.entries(headers).map(([name, parameter]) => describeParameter('header', name, parameter)),
];

const cacheHeaders = { ETag: textHeader, 'Cache-Control': { required: true, ...textHeader } };

const describeResponse = (response: ResponseDescription, isTagged: boolean) => ({
  description: response.description,
  headers: withRequestId({
    ...(isTagged ? cacheHeaders : {}),
    ...Object.fromEntries(
      Object.entries(response.headers ?? {}).map(([name, header]) => [name, { ...header, ...textHeader }]),
    ),
  }),
  ...(response.schema === undefined
    ? {}
    : { content: { [response.contentType ?? 'application/json']: { schema: response.schema } } }),
});

const describeOperation = (operation: Operation) => {
  const { name, method, summary, description, body, cache, needsToken } = operation;
  const isTagged = method === 'GET' && cache === undefined;
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    describeResponse(response, isTagged),
  ]);
  const notModified = {
    description: 'The client has this representation',
    headers: withRequestId({ ETag: { required: true, ...textHeader } }),
  };
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    operationId: name,
    // As a header parameter, Authorization would be ignored (OpenAPI 3.1, Parameter Object).
    ...(needsToken ? { security: [{ bearer: [] }] } : {}),
    parameters: describeParameters(operation),
    ...(body
      ? { requestBody: { required: true, content: { 'application/json': { schema: body.schema } } } }
      : {}),
    responses: {
      ...Object.fromEntries(responses),
      ...(isTagged ? { 304: notModified } : {}),
      ...problemResponses(errorsOf(operation)),
    },
  };
};

const describeStatus = (description: string, value: string) => ({
  description,
  headers: withRequestId(),
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['status'],
        additionalProperties: false,
        properties: {
          status: { type: 'string', enum: [value] },
          reasons: { type: 'object', additionalProperties: { type: 'string' } },
          notes: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
    },
  },
});

const describeWord = (description: string, word: string) => ({
  description,
  content: { 'text/plain; charset=utf-8': { schema: { type: 'string', enum: [word] } } },
});

/** The paths that every server has (shared/http/health-paths). */
const operationalPaths = {
  '/livez': {
    get: {
      summary: 'Whether the process answers',
      responses: { 200: describeStatus('It answers', 'live'), ...problemResponses([]) },
    },
  },
  '/readyz': {
    get: {
      summary: 'Whether this copy accepts requests',
      responses: {
        200: describeStatus('It accepts requests', 'ready'),
        503: describeStatus('It does not, for these reasons', 'not ready'),
        ...problemResponses([]),
      },
    },
  },
  '/healthz': {
    get: {
      summary: 'The same as /readyz, in one word',
      responses: {
        200: describeWord('It accepts requests', 'ok'),
        503: describeWord('It does not', 'not ready'),
        ...problemResponses([]),
      },
    },
  },
};

const collectSchemas = (resources: readonly MountedResource[]): Readonly<Record<string, JsonSchema>> => {
  const all = resources.flatMap(({ schemas = {} }) => Object.entries(schemas));
  const names = all.map(([name]) => name);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw new Error(`two resources have a schema ${repeated}`);
  return Object.fromEntries(all);
};

/** `/books/:id` → `/books/{id}` */
export const openApiPathOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/**
 * What the API is, as OpenAPI 3.1, made of the operations that are mounted. The server `.` is where the description
 * itself was read, which also holds behind a proxy that strips a prefix.
 */
export const describeApi = (resources: readonly MountedResource[], basePath?: string) => {
  const schemas = collectSchemas(resources);
  const refer = createReferences(schemas);
  const operations = resources.flatMap((resource) => resource.operations);
  const byPath = groupBy(operations, ({ path }) => openApiPathOf(path));
  const paths = [...byPath].map(([path, ofPath]) => {
    const byMethod = ofPath.map((one) => [one.method.toLowerCase(), refer(describeOperation(one))]);
    const own = path === basePath ? { servers: [{ url: '/' }] } : {};
    return [path, { ...own, ...Object.fromEntries(byMethod) }] as const;
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Tripod API', version: '0.1.0' },
    servers: [{ url: '.' }, ...(basePath === undefined ? [] : [{ url: basePath }])],
    paths: { ...Object.fromEntries(paths), ...operationalPaths },
    components: {
      ...(operations.some(({ needsToken }) => needsToken)
        ? { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }
        : {}),
      schemas: {
        ...Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, refer(schema, true)])),
        Problem: createProblemSchema(operations.flatMap(errorsOf)),
      },
    },
  };
};
