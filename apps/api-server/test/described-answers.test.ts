import { afterAll, describe, expect, it } from '@jest/globals';
import { writeUncertain } from '@tripod/database/database-errors';
import { httpErrors } from '@tripod/shared/http/http-errors';
import { jobsFull, stateUnavailable } from '@tripod/state/store/state-errors';
import type { JobQueue } from '@tripod/state/store/state-store';
import { askDatabase } from '@tripod/testing/ask-database';
import { exchangeRaw, parseRawResponse } from '@tripod/testing/raw-http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import express from 'express';
import { openApiPathOf } from '../src/resource/describe-api.ts';
import { requestErrors } from '../src/resource/request-errors.ts';
import { resources } from '../src/resources.ts';
import { startApi } from './support/api.ts';
import type { AskedRequest } from './support/asked-request.ts';

type Responses = Readonly<
  Record<
    string,
    {
      readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
      readonly content?: Readonly<Record<string, { readonly schema: object }>>;
    }
  >
>;
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

/** What is really mounted, by Express and not by the list that the description is made of. */
const mounted = new Set<string>();
const { route, use } = express.application;
express.application.route = function observedRoute(this: express.Application, path: string) {
  mounted.add(openApiPathOf(path));
  return route.call(this, path);
} as typeof route;
express.application.use = function observedUse(this: express.Application, ...args: Parameters<typeof use>) {
  if (typeof args[0] === 'string') mounted.add(openApiPathOf(args[0]));
  return use.apply(this, args);
} as typeof use;

const stateAway = (): Promise<never> => Promise.reject(stateUnavailable());
const absentJobs: JobQueue = {
  enqueue: stateAway,
  counts: stateAway,
  take: stateAway,
  renew: stateAway,
  complete: stateAway,
  fail: stateAway,
  waitForJob: stateAway,
};

const copies = {
  ready: await startApi(),
  uncertain: await startApi({ databaseFaults: { write: () => Promise.reject(writeUncertain()) } }),
  unsafe: await startApi({ allowUnsafeDurability: false }),
  away: await startApi(),
  stateAway: await startApi({
    stateFaults: {
      visits: { visit: stateAway },
      keys: { set: stateAway, get: stateAway },
      jobs: absentJobs,
    },
  }),
  stateFull: await startApi({
    stateFaults: { jobs: { ...absentJobs, enqueue: () => Promise.reject(jobsFull(100)) } },
  }),
};
await copies.away.database.close();
copies.away.readiness.startDraining();
afterAll(async () => {
  Object.assign(express.application, { route, use });
  for (const copy of Object.values(copies)) await copy.stop();
});

const description = (await (await fetch(`${copies.ready.url}/openapi.json`)).json()) as Description;

/** The requests of each resource, from its folder below test/. */
const loadAskedRequests = async (): Promise<readonly AskedRequest[]> => {
  const tables: AskedRequest[] = [];
  for (const { name } of resources) {
    const { askedRequests, preparation } = (await import(`./${name}/asked-requests.ts`)) as {
      readonly askedRequests: readonly AskedRequest[];
      readonly preparation?: string;
    };
    if (preparation !== undefined) await askDatabase(copies.ready.databaseUrl, preparation);
    tables.push(...askedRequests);
  }
  return tables;
};
const asked: readonly AskedRequest[] = [
  { target: '/livez', expected: 200 },
  { target: '/readyz', expected: 200 },
  { target: '/readyz', expected: 200, copy: 'unsafe' },
  { target: '/readyz', expected: 503, copy: 'away' },
  { target: '/healthz', expected: 200 },
  { target: '/healthz', expected: 503, copy: 'away' },
  { target: '/openapi.json', expected: 200 },
  { target: '/openapi.json', init: { headers: { 'If-None-Match': '*' } }, expected: 304 },
  { target: '/openapi.json?indent=x', expected: requestErrors.API_INDENT_INVALID },
  ...(await loadAskedRequests()),
];

const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { responses }]) => ({
    method: method.toUpperCase(),
    path,
    responses,
    /** `/books/7` is asked of `/books/{id}`. */
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  })),
);
/** A path without parameters wins over one with them, as it does in Express. */
const operationOf = ({ target, init }: AskedRequest) => {
  const [path = ''] = target.split('?');
  const ofMethod = operations.filter(({ method }) => method === (init?.method ?? 'GET'));
  return ofMethod.find((one) => one.path === path) ?? ofMethod.find(({ pattern }) => pattern.test(path));
};

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ ...description, $id: 'api' });
/** What is wrong with a value by a schema of the description. */
const faultsOf = (schema: object, value: unknown): unknown => {
  const check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object);
  return check(value) ? [] : check.errors;
};

const nameOf = (expected: AskedRequest['expected']): string =>
  typeof expected === 'number' ? String(expected) : expected.code;
/** Codes of the API stand at each operation that can answer them; those of any request have tests of their own. */
const isOwn = (code: string): boolean => code.startsWith('API_') || code === httpErrors.NOT_FOUND.code;
/** The status of a described response, or its codes when it is an error. */
const outcomesOf = ([status, { content = {} }]: [string, Responses[string]]): readonly string[] => {
  const { schema } = content['application/problem+json'] ?? {};
  const { properties } = (schema ?? {}) as { properties?: { code: { enum: string[] } } };
  return properties ? properties.code.enum.filter(isOwn) : [status];
};

describe('/openapi.json', () => {
  it('describes every path that is mounted, and no other', () => {
    // Prometheus reads /metrics, which is not for clients of the API.
    expect([...mounted].filter((path) => path !== '/metrics').sort()).toEqual(
      Object.keys(description.paths).sort(),
    );
  });

  it('refers to no schema that it does not have, and all of its schemas are valid', () => {
    const text = JSON.stringify(description);
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(description.components.schemas)).toEqual(expect.arrayContaining(names));
    for (const schema of Object.values(description.components.schemas)) {
      expect(ajv.validateSchema(schema)).toBe(true);
    }
  });

  it('would show an answer that is not as described', () => {
    const schema = { $ref: '#/components/schemas/Problem' };
    const problem = { type: 'urn:tripod:error:NOT_FOUND', title: 'x', status: 404, code: 'NOT_FOUND' };
    expect(faultsOf(schema, { ...problem, requestId: 'x' })).toEqual([]);
    expect(faultsOf(schema, problem)).not.toEqual([]);
    expect(faultsOf(schema, { ...problem, requestId: 'x', code: 'NO_SUCH_CODE' })).not.toEqual([]);
  });
});

describe('every answer of the API', () => {
  it.each(asked.map((one) => [one.init?.method ?? 'GET', one.target, nameOf(one.expected), one] as const))(
    'is as described: %s %s is answered %s',
    async (_method, target, _expected, one) => {
      const { copy = 'ready', init = {}, expected } = one;
      const answer = await fetch(`${copies[copy].url}${target}`, init);
      const text = await answer.text();
      expect(answer.status).toBe(typeof expected === 'number' ? expected : expected.status);
      if (typeof expected !== 'number') expect(JSON.parse(text)).toMatchObject({ code: expected.code });
      const described = operationOf(one)?.responses[answer.status];
      expect(described).toBeDefined();
      for (const [name, { required }] of Object.entries(described?.headers ?? {})) {
        if (required) expect([name, answer.headers.get(name)]).toEqual([name, expect.any(String)]);
      }
      if (described?.content === undefined) expect(text).toBe('');
      else {
        const type = answer.headers.get('content-type') ?? '';
        const { schema } = described.content[type] ?? { schema: { not: {} } };
        expect(faultsOf(schema, /json$/.test(type) ? JSON.parse(text) : text)).toEqual([]);
      }
    },
  );

  it('that is described, with each status and each code, is asked for by a test', () => {
    const seen = asked.map((one) => {
      const operation = operationOf(one);
      return `${operation?.method} ${operation?.path} ${nameOf(one.expected)}`;
    });
    const described = operations.flatMap(({ method, path, responses }) =>
      Object.entries(responses).flatMap((response) =>
        outcomesOf(response).map((outcome) => `${method} ${path} ${outcome}`),
      ),
    );
    expect([...new Set(seen)].sort()).toEqual(described.sort());
  });

  it.each(operations)(
    'to a malformed request is as described: $method $path',
    async ({ method, path, responses }) => {
      for (const line of ['Connection: close', 'Host: x\r\nExpect: x']) {
        const bytes = `${method} ${path.replace(/\{\w+\}/g, '1')} HTTP/1.1\r\n${line}\r\n\r\n`;
        const { status, body } = parseRawResponse(await exchangeRaw({ port: copies.ready.port, bytes }));
        const { content } = responses[status] ?? responses['default'] ?? {};
        const { schema } = content?.['application/problem+json'] ?? { schema: { not: {} } };
        expect(faultsOf(schema, JSON.parse(body))).toEqual([]);
      }
    },
  );
});
