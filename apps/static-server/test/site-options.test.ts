import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSite, type Site } from './support/site.ts';
import { type StartedServer, type StartOptions, startServer } from './support/started-server.ts';
import { ways } from './support/ways.ts';

const browser = ['Accept: text/html,*/*;q=0.8'];

let site: Site;
const servers: StartedServer[] = [];

beforeAll(() => {
  site = createSite();
});

afterEach(async () => {
  for (const started of servers.splice(0)) await started.stop();
});

afterAll(() => site.remove());

describe.each(ways)('options of a site, %s', (_way, maxMemoryBytes) => {
  const start = async (options: Partial<StartOptions>): Promise<StartedServer> => {
    const started = await startServer({ root: site.root, maxMemoryBytes, ...options });
    servers.push(started);
    return started;
  };

  it('an application routes paths that are no files and have no extension', async () => {
    const started = await start({ spa: true });
    for (const path of [
      '/view',
      '/deep/view',
      '/view/',
      '/bare/',
      '/view?a=b',
      '/f%C3%BCr',
      '/link-outside',
    ]) {
      const answer = await started.ask(path);
      expect([path, answer.status, answer.body]).toEqual([path, 200, '<!doctype html><title>home</title>']);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
    }
    const again = await started.ask('/view');
    const conditional = await started.ask('/other', [`If-None-Match: ${again.headers['etag']}`]);
    expect(conditional.status).toBe(304);
  });

  it.each([
    '/missing.js',
    '/deep/missing.png',
    '/.env',
    '/..',
    '/%2e%2e/view',
    '/..%2fview',
    '/link-outside.txt',
  ])('an application does not route %s', async (path) => {
    const started = await start({ spa: true });
    await expect(started.ask(path)).resolves.toMatchObject({ status: 404 });
  });

  it('an application leaves files, folders, malformed paths and other methods as they are', async () => {
    const started = await start({ spa: true });
    await expect(started.ask('/no-extension')).resolves.toMatchObject({ status: 200, body: 'bytes' });
    await expect(started.ask('/folder')).resolves.toMatchObject({ status: 308 });
    await expect(started.ask('/livez')).resolves.toMatchObject({ status: 200 });
    await expect(started.ask('/%zz')).resolves.toMatchObject({ status: 400 });
    await expect(started.ask('/view', [], 'POST')).resolves.toMatchObject({ status: 405 });
  });

  it('an application without an index.html has no views', async () => {
    const started = await start({ spa: true, root: `${site.root}/bare` });
    await expect(started.ask('/view')).resolves.toMatchObject({ status: 404 });
  });

  it('Cache-Control follows the first pattern that fits, by name or by path', async () => {
    const started = await start({ cacheControl: ['/folder/*=max-age=1', '*.html=private, max-age=2'] });
    const controlOf = async (path: string): Promise<string | undefined> =>
      (await started.ask(path)).headers['cache-control'];
    expect(await controlOf('/folder/')).toBe('max-age=1');
    expect(await controlOf('/folder/inner.txt')).toBe('max-age=1');
    expect(await controlOf('/')).toBe('private, max-age=2');
    expect(await controlOf('/style.css')).toBe('no-cache');
    expect(await controlOf('/app.3f2a9c1b.js')).toBe('public, max-age=31536000, immutable');
    expect(await controlOf('/missing.html')).toBe('no-store');
  });

  it("the root's 404.html is sent whole, also when it is long", async () => {
    site.write('404.html', '<!doctype html>'.concat('lost '.repeat(50_000)));
    const started = await start({});
    const answer = await started.ask('/missing', browser);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
    expect(answer.body.endsWith('lost ')).toBe(true);
    const head = await started.ask('/missing', browser, 'HEAD');
    expect([head.status, head.body]).toEqual([404, '']);
  });
});
