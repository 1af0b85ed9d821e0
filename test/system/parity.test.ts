import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findInstalledNginx } from '@tripod/testing/installed-nginx';
import { type Answer, ask, type Question } from '../support/ask.ts';
import { type RunningNginx, runNginx } from '../support/run-nginx.ts';
import { type RunningStack, runStack } from '../support/run-stack.ts';

const nginx = findInstalledNginx();

let stack: RunningStack;
let front: RunningNginx | undefined;

beforeAll(async () => {
  stack = await runStack();
  const pools = JSON.parse((await ask(stack.adminUrl, '/pools')).body) as {
    name: string;
    upstreams: { url: string }[];
  }[];
  const portsOf = (name: string): number[] =>
    pools.find((pool) => pool.name === name)?.upstreams.map(({ url }) => Number(new URL(url).port)) ?? [];
  const [staticPort = 0] = portsOf('static');
  if (nginx) front = await runNginx(nginx, { apiPorts: portsOf('api'), staticPort });
}, 240_000);

afterAll(async () => {
  await front?.stop();
  await stack?.stop();
});

/** Headers that matter to a client and must not depend on the proxy in front. */
const compared = [
  'content-type',
  'content-length',
  'content-range',
  'content-security-policy',
  'etag',
  'last-modified',
  'cache-control',
  'vary',
  'allow',
  'location',
  'link',
  'retry-after',
  'accept-ranges',
  'x-content-type-options',
  'x-request-id',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
  'access-control-allow-credentials',
];

const essence = ({ status, headers, body }: Answer) => ({
  status,
  headers: Object.fromEntries(
    compared
      // RFC 9110 8.6 forbids it there: Tripod's proxy removes it, nginx passes it on.
      .filter((name) => !(name === 'content-length' && status === 204))
      .map((name) => [name, headers[name]])
      .filter(([, value]) => value),
  ),
  body,
});

type Row = readonly [what: string, path: string, status: number, question?: Question];

const image = { title: 'Parity', alt_text: 'Two of a kind', url: 'https://example.com/a.jpg' };
const post = (body: string, headers: Record<string, string> = {}): Question => ({
  method: 'POST',
  body,
  headers: {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  },
});
const withHeaders = (headers: Record<string, string>): Question => ({ headers });

const apiRows: readonly Row[] = [
  ['the list', '/api/images.json', 200],
  ['HEAD of the list', '/api/images.json', 200, { method: 'HEAD' }],
  ['an indent', '/api/images.json?indent=2', 200],
  ['indent 0', '/api/images.json?indent=0', 200],
  ['indent 10', '/api/images.json?indent=10', 200],
  ['indent 11', '/api/images.json?indent=11', 400],
  ['a negative indent', '/api/images.json?indent=-1', 400],
  ['an indent that is not a number', '/api/images.json?indent=two', 400],
  ['an empty indent', '/api/images.json?indent=', 400],
  ['a page', '/api/images.json?limit=2', 200],
  ['limit 0', '/api/images.json?limit=0', 400],
  ['limit 1001', '/api/images.json?limit=1001', 400],
  ['a malformed cursor', '/api/images.json?limit=2&after=!', 400],
  [
    'a preflight',
    '/api/images.json',
    204,
    { method: 'OPTIONS', headers: { Origin: 'http://a', 'Access-Control-Request-Method': 'POST' } },
  ],
  ['an origin', '/api/images.json', 200, withHeaders({ Origin: 'http://a.example' })],
  ['DELETE', '/api/images.json', 405, { method: 'DELETE' }],
  ['PUT with a body', '/api/images.json', 405, { ...post('{}'), method: 'PUT' }],
  ['an unknown path', '/api/nothing', 404],
  ['an unknown path, for a browser', '/api/nothing', 404, withHeaders({ Accept: 'text/html' })],
  ['the API itself', '/api/', 404],
  ['a new image', '/api/images.json', 200, post(JSON.stringify(image))],
  ['a new image, indented', '/api/images.json?indent=1', 200, post(JSON.stringify(image))],
  [
    'a form type',
    '/api/images.json',
    200,
    post(JSON.stringify(image), { 'Content-Type': 'application/x-www-form-urlencoded' }),
  ],
  ['no JSON', '/api/images.json', 400, post('{')],
  ['no body', '/api/images.json', 400, post('')],
  ['no JSON, indented', '/api/images.json?indent=2', 400, post('{')],
  ['wrong fields', '/api/images.json', 400, post('{"title":1,"other":2}')],
  [
    'a script as url',
    '/api/images.json',
    400,
    post(JSON.stringify({ ...image, url: 'javascript:alert(1)' })),
  ],
  ['a body of 70 KB', '/api/images.json', 413, post(JSON.stringify({ ...image, title: 'x'.repeat(70_000) }))],
  ['a compressed body', '/api/images.json', 415, post('x', { 'Content-Encoding': 'gzip' })],
];

const staticRows: readonly Row[] = [
  ['the page', '/', 200],
  ['HEAD of the page', '/', 200, { method: 'HEAD' }],
  ['the page by name', '/index.html', 200],
  ['the style', '/style.css', 200],
  ['the script', '/script.js', 200],
  ['a query', '/style.css?v=1', 200],
  ['a folder without its slash', '/images', 308],
  ['a folder without index', '/images/', 404],
  ['a range', '/style.css', 206, withHeaders({ Range: 'bytes=0-9' })],
  ['the last bytes', '/style.css', 206, withHeaders({ Range: 'bytes=-10' })],
  ['two ranges', '/style.css', 200, withHeaders({ Range: 'bytes=0-1,4-5' })],
  ['a range past the end', '/style.css', 416, withHeaders({ Range: 'bytes=9999999-' })],
  ['a range of an older file', '/style.css', 200, withHeaders({ Range: 'bytes=0-9', 'If-Range': '"old"' })],
  ['any version', '/style.css', 304, withHeaders({ 'If-None-Match': '*' })],
  [
    'not modified since',
    '/style.css',
    304,
    withHeaders({ 'If-Modified-Since': 'Fri, 01 Jan 2038 00:00:00 GMT' }),
  ],
  [
    'modified since',
    '/style.css',
    200,
    withHeaders({ 'If-Modified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' }),
  ],
  ['a missing file', '/nothing.css', 404],
  ['a missing file, for a browser', '/nothing', 404, withHeaders({ Accept: 'text/html' })],
  ['a dotfile', '/.env', 404],
  ['POST', '/style.css', 405, post('x')],
  ['OPTIONS', '/style.css', 405, { method: 'OPTIONS' }],
];

const proxyRows: readonly Row[] = [
  ['health of an upstream', '/livez', 404],
  ['readiness of the API', '/api/readyz', 404],
  ['metrics in capitals', '/api/METRICS', 404],
  ['health with a slash', '/api/livez/', 404],
  ['an encoded health path', '/api/%6civez', 404],
  ['the API without its slash', '/api', 308],
  ['the API without its slash, with a query', '/api?indent=1', 308],
  ['a path that begins like the API', '/apix', 404],
  ['a dot segment', '/api/../style.css', 400],
  ['an encoded dot segment', '/api/%2e%2e/style.css', 400],
  ['an encoded slash that hides the route', '/api%2fimages.json', 400],
  ['an encoded NUL', '/a%00b', 400],
  ['two slashes', '//style.css', 400],
];

const both = async (
  path: string,
  question: Question = {},
): Promise<readonly [ours: Answer, theirs: Answer]> => {
  if (!front) throw new Error('nginx is not running');
  const headers = { 'X-Request-Id': 'parity-request-1', Host: 'gallery.example', ...question.headers };
  return Promise.all([
    ask(stack.url, path, { ...question, headers }),
    ask(front.url, path, { ...question, headers }),
  ]);
};

/** Adds the request to rows without one: Jest passes a callback for a parameter that the row does not have. */
const complete = (rows: readonly Row[]) =>
  rows.map(([what, path, status, question = {}]) => [what, path, status, question] as const);

// Skipped without nginx; CI installs it and fails when it is missing.
(nginx ? describe : describe.skip)('our proxy and nginx in front of the same copies', () => {
  it.each(complete([...apiRows, ...staticRows]))(
    'answer alike: %s',
    async (_what, path, status, question) => {
      const [ours, theirs] = await both(path, question);
      expect(ours.status).toBe(status);
      expect(essence(theirs)).toEqual(essence(ours));
    },
  );

  it('give the same response: 304 for the current version', async () => {
    const { headers } = await ask(stack.url, '/api/images.json');
    const [ours, theirs] = await both(
      '/api/images.json',
      withHeaders({ 'If-None-Match': String(headers.etag) }),
    );
    expect(ours.status).toBe(304);
    expect(essence(theirs)).toEqual(essence(ours));
  });

  it('give the same response: all pages of a list', async () => {
    let path = '/api/images.json?limit=3';
    for (let pages = 0; pages < 20; pages += 1) {
      const [ours, theirs] = await both(path);
      expect(essence(theirs)).toEqual(essence(ours));
      const next = /<(.*)>; rel="next"/.exec(String(ours.headers['link'] ?? ''))?.[1];
      if (next === undefined) return;
      path = `/api/${next}`;
    }
    throw new Error('the list has no last page');
  });

  // Here the proxies respond themselves, with different bodies.
  it.each(complete(proxyRows))('have the same verdict: %s', async (_what, path, status, question) => {
    const [ours, theirs] = await both(path, question);
    expect({ ours: ours.status, nginx: theirs.status }).toEqual({ ours: status, nginx: status });
    if (status === 308)
      expect(new URL(String(theirs.headers.location), 'http://gallery.example').pathname).toBe('/api/');
  });
});
