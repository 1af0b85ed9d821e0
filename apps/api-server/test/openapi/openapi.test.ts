import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseErrors } from '@tripod/database/error-table';
import { AppError } from '@tripod/shared/errors/app-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { requestErrors } from '../../src/http/request-errors.ts';
import { imageErrors } from '../../src/images/image-errors.ts';

const errorCodes = { ...httpErrors, ...requestErrors, ...imageErrors, ...databaseErrors };
type ErrorCode = keyof typeof errorCodes;

import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeApi } from '../../src/openapi/describe-api.ts';
import { type Api, cat, startApi } from '../support/api.ts';

type Operation = {
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
        readonly content?: Readonly<Record<string, { readonly schema: object }>>;
      }
    >
  >;
};

let api: Api;
let unsafe: Api;
let away: Api;
let uncertain: Api;
beforeAll(async () => {
  api = await startApi();
  uncertain = await startApi({
    images: { insert: () => Promise.reject(new AppError(databaseErrors.API_WRITE_UNCERTAIN)) },
  });
  unsafe = await startApi({ allowUnsafeDurability: false });
  away = await startApi();
  await away.database.close();
  away.readiness.startDraining();
});
afterAll(async () => {
  for (const one of [api, unsafe, away, uncertain]) await one.stop();
});

const description = describeApi();
const operationOf = (path: string, method: string): Operation =>
  (description.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>)[path]?.[
    method.toLowerCase()
  ] ?? { responses: {} };
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ ...description, $id: 'api' });
/** What is wrong with a value by a schema of the description. */
const faultsOf = (schema: object, value: unknown): unknown => {
  const resolved = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
  const check = ajv.compile(resolved);
  return check(value) ? [] : check.errors;
};

const big = `{"title":"${'x'.repeat(70_000)}"}`;
const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
});
/** A status, or the code of an error. */
type Expected = number | ErrorCode;
const statusOf = (expected: Expected): number =>
  typeof expected === 'number' ? expected : errorCodes[expected].status;

const requests: [string, RequestInit, Expected, () => Api][] = [
  ['/images.json', {}, 200, () => api],
  ['/images.json?limit=1', {}, 200, () => api],
  ['/images.json?indent=10&limit=1000', {}, 200, () => api],
  ['/images.json', { headers: { 'If-None-Match': '*' } }, 304, () => api],
  ['/images.json?indent=11', {}, 'API_INDENT_INVALID', () => api],
  ['/images.json?limit=1001', {}, 'API_LIMIT_INVALID', () => api],
  ['/images.json?limit=1&after=x', {}, 'API_CURSOR_INVALID', () => api],
  ['/images.json', {}, 'API_DATABASE_UNAVAILABLE', () => away],
  ['/images.json', post(JSON.stringify(cat)), 200, () => api],
  ['/images.json?indent=11', post(JSON.stringify(cat)), 'API_INDENT_INVALID', () => api],
  ['/images.json', post('{'), 'API_BODY_NOT_JSON', () => api],
  ['/images.json', post('{"title":5,"x":1}'), 'API_IMAGE_INVALID', () => api],
  ['/images.json', post(big), 'API_BODY_TOO_LARGE', () => api],
  ['/images.json', post('x', { 'Content-Encoding': 'gzip' }), 'API_BODY_ENCODING_UNSUPPORTED', () => api],
  ['/images.json', post(JSON.stringify(cat)), 'API_DURABILITY_OFF', () => unsafe],
  ['/images.json', post(JSON.stringify(cat)), 'API_DATABASE_UNAVAILABLE', () => away],
  ['/images.json', post(JSON.stringify(cat)), 'API_WRITE_UNCERTAIN', () => uncertain],
  ['/livez', {}, 200, () => api],
  ['/readyz', {}, 200, () => api],
  ['/readyz', {}, 200, () => unsafe],
  ['/readyz', {}, 503, () => away],
  ['/openapi.json', {}, 200, () => api],
  ['/openapi.json?indent=x', {}, 'API_INDENT_INVALID', () => api],
];

/** Those of any request are told of each operation, and seen in a test of their own. */
const isOwn = (code: ErrorCode): boolean => code.startsWith('API_');

/** What a response may be: the operation's own codes, or its status when it is no error with a code. */
const expectedOf = (status: string, { content = {} }: Operation['responses'][string]): Expected[] => {
  const { schema } = content['application/problem+json'] ?? {};
  const { properties } = (schema ?? {}) as { properties?: { code: { enum: ErrorCode[] } } };
  return properties ? properties.code.enum.filter(isOwn) : [Number(status)];
};

const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
);

describe('/openapi.json', () => {
  it('is the description, with a tag like every JSON text', async () => {
    const answer = await fetch(`${api.url}/openapi.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    await expect(answer.json()).resolves.toEqual(JSON.parse(JSON.stringify(description)));
    const tag = answer.headers.get('etag') ?? '';
    const again = await fetch(`${api.url}/openapi.json`, { headers: { 'If-None-Match': tag } });
    expect(again.status).toBe(304);
    expect((await fetch(`${api.url}/openapi.json`, { method: 'POST' })).status).toBe(405);
  });

  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(description);
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(description.components.schemas)).toEqual(expect.arrayContaining(names));
    for (const schema of Object.values(description.components.schemas))
      expect(ajv.validateSchema(schema)).toBe(true);
  });
});

describe('the answers of the API', () => {
  it.each(requests)('are as described: %s %j → %s', async (target, init, expected, which) => {
    const answer = await fetch(`${which().url}${target}`, init);
    expect(answer.status).toBe(statusOf(expected));
    const [path = ''] = target.split('?');
    const described = operationOf(path, init.method ?? 'GET').responses[answer.status];
    for (const [name, { required }] of Object.entries(described?.headers ?? {})) {
      if (required) expect([name, answer.headers.get(name)]).toEqual([name, expect.any(String)]);
    }
    const type = answer.headers.get('content-type');
    const text = await answer.text();
    if (described?.content === undefined) expect([described === undefined, text]).toEqual([false, '']);
    else {
      const { schema } = described.content[type ?? ''] ?? { schema: { not: {} } };
      expect(faultsOf(schema, JSON.parse(text))).toEqual([]);
    }
    if (typeof expected === 'string') expect(JSON.parse(text)).toMatchObject({ code: expected });
  });

  it('have all been seen that are described, with each code', () => {
    const seen = requests.map(
      ([target, { method = 'GET' }, expected]) => `${method} ${target.split('?')[0]} ${expected}`,
    );
    const described = operations.flatMap(([method, path]) =>
      Object.entries(operationOf(path, method).responses).flatMap(([status, response]) =>
        expectedOf(status, response).map((expected) => `${method} ${path} ${expected}`),
      ),
    );
    expect([...new Set(seen)].sort()).toEqual(described.sort());
  });

  it.each(operations)('to a request that is none, or expects too much: %s %s', async (method, path) => {
    const { responses } = operationOf(path, method);
    for (const line of ['Connection: close', 'Host: x\r\nExpect: x']) {
      const bytes = `${method} ${path} HTTP/1.1\r\n${line}\r\n\r\n`;
      const { status, body } = parseRawResponse(await exchangeRaw({ port: api.port, bytes }));
      const { content } = responses[status] ?? responses['default'] ?? {};
      const { schema } = content?.['application/problem+json'] ?? { schema: { not: {} } };
      expect(faultsOf(schema, JSON.parse(body))).toEqual([]);
    }
  });

  it('notices an answer that is not as described', () => {
    const schema = { $ref: '#/components/schemas/Image' };
    expect(faultsOf(schema, cat)).toEqual([]);
    expect(faultsOf(schema, { ...cat, id: 1 })).not.toEqual([]);
    expect(faultsOf(schema, { ...cat, title: '' })).not.toEqual([]);
  });
});
