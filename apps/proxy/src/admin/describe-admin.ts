import { methodNotAllowed } from '@tripod/shared/http/not-found';
import express, { type Router } from 'express';
import { newUpstreamSchema, poolChangeSchema, upstreamChangeSchema } from './pool-routes.ts';

type Operation = {
  readonly summary: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Responses besides 401 and 403, each with what it means. */
  readonly responses: Readonly<Record<number, string>>;
};

/** The operations of the admin side: path → method → operation. */
export const adminOperations: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/pools': {
    get: { summary: 'All pools with their upstreams and totals', responses: { 200: 'A list of pools' } },
  },
  '/pools/{pool}': {
    get: { summary: 'One pool', responses: { 200: 'The pool', 404: 'No such pool' } },
    patch: {
      summary: 'Changes the policy, from the next request on and until the next reload that changes it',
      body: poolChangeSchema,
      responses: {
        200: 'The pool',
        400: 'The body is not valid',
        404: 'No such pool',
        415: 'The body is not JSON',
      },
    },
  },
  '/pools/{pool}/upstreams': {
    post: {
      summary: 'Adds an upstream, which gets requests after its first passed check',
      body: newUpstreamSchema,
      responses: {
        201: 'The upstream',
        400: 'The body is not valid',
        404: 'No such pool',
        409: 'The upstream exists already, or the pool is full',
        415: 'The body is not JSON',
      },
    },
  },
  '/pools/{pool}/upstreams/{id}': {
    get: { summary: 'One upstream', responses: { 200: 'The upstream', 404: 'No such pool or upstream' } },
    patch: {
      summary: 'Changes an upstream: weight, limit, draining, enabled',
      body: upstreamChangeSchema,
      responses: {
        200: 'The upstream',
        400: 'The body is not valid',
        404: 'No such pool or upstream',
        415: 'The body is not JSON',
      },
    },
    delete: {
      summary: 'Removes an upstream; requests in flight finish',
      responses: { 200: 'The upstream in its last state', 404: 'No such pool or upstream' },
    },
  },
  '/traces': {
    get: {
      summary: 'The last traces, the newest first; ?limit=N, 50 by default',
      responses: { 200: 'A list of traces', 400: 'The limit is not valid' },
    },
  },
  '/traces/{id}': {
    get: { summary: 'What happened to one request', responses: { 200: 'The trace', 404: 'No such trace' } },
  },
  '/config': {
    get: { summary: 'Each setting with its value and its source', responses: { 200: 'The settings' } },
  },
  '/config/reload': {
    post: {
      summary: 'Reads the config file again',
      responses: { 200: 'The names of the changed settings', 422: 'The new configuration is not valid' },
    },
  },
  '/openapi.json': { get: { summary: 'This description', responses: { 200: 'An OpenAPI document' } } },
};

const parametersOf = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

const describeOperation = ({ summary, body, responses }: Operation) => ({
  summary,
  ...(body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
  responses: Object.fromEntries(
    Object.entries({ ...responses, 401: 'The token is missing or wrong', 403: 'Another origin' }).map(
      ([status, description]) => [
        status,
        {
          description,
          content: { [Number(status) < 400 ? 'application/json' : 'application/problem+json']: {} },
        },
      ],
    ),
  ),
});

const description = {
  openapi: '3.1.0',
  info: { title: 'The admin side of the proxy', version: '1' },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  security: [{}, { token: [] }],
  paths: Object.fromEntries(
    Object.entries(adminOperations).map(([path, operations]) => {
      const parameters = parametersOf(path);
      const described = Object.entries(operations).map(([method, one]) => [method, describeOperation(one)]);
      return [path, { ...(parameters.length === 0 ? {} : { parameters }), ...Object.fromEntries(described) }];
    }),
  ),
};

/** `/openapi.json` describes the operations of the admin side (OpenAPI 3.1). */
export const createDescriptionRoute = (): Router => {
  const router = express.Router();
  router
    .route('/openapi.json')
    .get((_request, response) => void response.json(description))
    .all(methodNotAllowed(['GET', 'HEAD']));
  return router;
};
