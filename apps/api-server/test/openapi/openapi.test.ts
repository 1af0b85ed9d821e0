import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
beforeAll(async () => {
  api = await startApi();
  unsafe = await startApi({ allowUnsafeDurability: false });
  away = await startApi();
  await away.database.close();
  away.readiness.startDraining();
});
afterAll(async () => {
  for (const one of [api, unsafe, away]) await one.stop();
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
const requests: [string, RequestInit, number, () => Api][] = [
  ['/images.json', {}, 200, () => api],
  ['/images.json?limit=1', {}, 200, () => api],
  ['/images.json?indent=10&limit=1000', {}, 200, () => api],
  ['/images.json', { headers: { 'If-None-Match': '*' } }, 304, () => api],
  ['/images.json?indent=11', {}, 400, () => api],
  ['/images.json?limit=1001', {}, 400, () => api],
  ['/images.json?limit=1&after=x', {}, 400, () => api],
  ['/images.json', {}, 503, () => away],
  ['/images.json', post(JSON.stringify(cat)), 200, () => api],
  ['/images.json', post('{'), 400, () => api],
  ['/images.json', post('{"title":5,"x":1}'), 400, () => api],
  ['/images.json', post(big), 413, () => api],
  ['/images.json', post('x', { 'Content-Encoding': 'gzip' }), 415, () => api],
  ['/images.json', post(JSON.stringify(cat)), 503, () => unsafe],
  ['/images.json', post(JSON.stringify(cat)), 503, () => away],
  ['/livez', {}, 200, () => api],
  ['/readyz', {}, 200, () => api],
  ['/readyz', {}, 200, () => unsafe],
  ['/readyz', {}, 503, () => away],
  ['/openapi.json', {}, 200, () => api],
  ['/openapi.json?indent=x', {}, 400, () => api],
];

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
  it.each(requests)('are as described: %s %j → %i', async (target, init, status, which) => {
    const answer = await fetch(`${which().url}${target}`, init);
    expect(answer.status).toBe(status);
    const [path = ''] = target.split('?');
    const described = operationOf(path, init.method ?? 'GET').responses[String(status)];
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
  });

  it('have all been seen that are described', () => {
    const seen = new Set(
      requests.map(([target, { method = 'GET' }, status]) => `${method} ${target.split('?')[0]} ${status}`),
    );
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.entries(operations as Readonly<Record<string, Operation>>).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
    );
    expect([...seen].sort()).toEqual(described.sort());
  });

  it('notices an answer that is not as described', () => {
    const schema = { $ref: '#/components/schemas/Image' };
    expect(faultsOf(schema, cat)).toEqual([]);
    expect(faultsOf(schema, { ...cat, id: 1 })).not.toEqual([]);
    expect(faultsOf(schema, { ...cat, title: '' })).not.toEqual([]);
  });
});
