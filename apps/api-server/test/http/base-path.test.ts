import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { type Api, startApi } from '../support/api.ts';
import { killCommands, runApiServer } from '../support/command.ts';

let api: Api;
const ask = () => supertest(api.url);

beforeAll(async () => {
  api = await startApi({ basePath: '/api' });
});
afterAll(() => api.stop());
afterEach(killCommands);

describe('a copy with --base-path /api', () => {
  it('answers the base path itself with a status that is not stored', async () => {
    const { body, headers } = await ask().get('/api').expect(200);
    expect([body, headers['cache-control']]).toEqual([{ status: 'ok' }, 'no-store']);
  });

  it('serves its operations below the base path and without it', async () => {
    const { body, headers } = await ask().post('/api/posts').send({ title: 'A', body: 'B' }).expect(201);
    // Relative to /api/posts it leads to /api/posts/ID.
    const { pathname } = new URL(headers['location'] ?? '', `${api.url}/api/posts`);
    expect(pathname).toBe(`/api/posts/${body.id}`);
    await ask().get(pathname).expect(200, body);
    await ask().get(`/posts/${body.id}`).expect(200, body);
  });

  it.each([
    ['/api', 'GET, HEAD, OPTIONS'],
    ['/api/posts', 'GET, HEAD, POST, OPTIONS'],
  ])('answers 405 to DELETE %s with the allowed methods', async (path, allow) => {
    const { headers } = await ask().delete(path).expect(405);
    expect(headers['allow']).toBe(allow);
  });

  it.each(['/api/livez', '/api/readyz', '/api/metrics', '/api/api', '/api/api/posts', '/apiposts'])(
    'has no operational path and nothing else there: %s',
    async (path) => {
      await ask().get(path).expect(404);
      await ask().get('/livez').expect(200);
    },
  );

  it('describes itself as a server in OpenAPI', async () => {
    const { body } = await ask().get('/api/openapi.json').expect(200);
    expect(body.servers).toEqual([{ url: '.' }, { url: '/api' }]);
    expect(body.paths['/api']).toMatchObject({
      servers: [{ url: '/' }],
      get: { operationId: 'checkBasePath' },
    });
    expect(body.paths).toHaveProperty(['/posts']);
  });

  it('lets pages of other origins ask below the base path', async () => {
    const { headers } = await ask().options('/api/posts').set('Origin', 'https://a.example').expect(204);
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});

describe('a base path at which something else is served', () => {
  it.each([
    ['/books', '/books'],
    ['/books/7', '/books/:id'],
    ['/livez', '/livez'],
  ])('is refused with one sentence that names the other path: %s', async (basePath, taken) => {
    const command = runApiServer(['--port', '0', '--base-path', basePath], {
      DATABASE_URL: 'postgres://localhost:9/none',
    });
    await expect(command.ended).resolves.toBe(2);
    expect(command.stderr()).toBe(
      `api-server: --base-path must be a path at which the API serves nothing else, such as /api, and ${basePath} is in the way of ${taken}\n`,
    );
  });
});
