import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cacheModes } from './support/cache-modes.ts';
import { createSite, type Site } from './support/site.ts';
import { type StartedServer, type StartOptions, startServer } from './support/started-server.ts';

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

describe.each(cacheModes)('the options of a site, files %s', (_mode, maxMemoryBytes) => {
  const start = async (options: Partial<StartOptions>): Promise<StartedServer> => {
    const started = await startServer({ root: site.root, maxMemoryBytes, ...options });
    servers.push(started);
    return started;
  };

  it('--spa serves index.html for paths without a file and without an extension', async () => {
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
  ])('--spa answers %s with 404', async (path) => {
    const started = await start({ spa: true });
    await expect(started.ask(path)).resolves.toMatchObject({ status: 404 });
  });

  it('--spa serves index.html for a path with a dot only to a client that asks for HTML', async () => {
    const started = await start({ spa: true });
    for (const path of ['/users/jane.doe', '/v1.2/', '/missing.js']) {
      const page = await started.ask(path, browser);
      expect([path, page.status, page.body]).toEqual([path, 200, '<!doctype html><title>home</title>']);
      expect(page.headers['vary']).toBe('Accept, Accept-Encoding');
      const known = await started.ask(path, [...browser, `If-None-Match: ${page.headers['etag']}`]);
      expect([known.status, known.headers['vary']]).toEqual([304, 'Accept, Accept-Encoding']);
      for (const accept of [[], ['Accept: */*'], ['Accept: application/json']]) {
        const missing = await started.ask(path, accept);
        expect([missing.status, missing.headers['vary']]).toEqual([404, 'Accept']);
      }
    }
    for (const path of ['/.env', '/folder/.hidden', '/..%2fview']) {
      await expect(started.ask(path, browser)).resolves.toMatchObject({ status: 404 });
    }
  });

  it('--content-type sets the type of an extension', async () => {
    const started = await start({ contentType: ['txt=text/x-log', 'svg=image/png'] });
    const typeOf = async (path: string) => (await started.ask(path)).headers['content-type'];
    expect(await typeOf('/digits.txt')).toBe('text/x-log; charset=utf-8');
    expect(await typeOf('/picture.svg')).toBe('image/png');
    expect(await typeOf('/style.css')).toBe('text/css; charset=utf-8');
  });

  it('--spa does not change files, folders, malformed paths and other methods', async () => {
    const started = await start({ spa: true });
    await expect(started.ask('/no-extension')).resolves.toMatchObject({ status: 200, body: 'bytes' });
    await expect(started.ask('/folder')).resolves.toMatchObject({ status: 308 });
    await expect(started.ask('/livez')).resolves.toMatchObject({ status: 200 });
    await expect(started.ask('/%zz')).resolves.toMatchObject({ status: 400 });
    await expect(started.ask('/view', [], 'POST')).resolves.toMatchObject({ status: 405 });
  });

  it('--spa answers with 404 when there is no index.html', async () => {
    const started = await start({ spa: true, root: `${site.root}/bare` });
    await expect(started.ask('/view')).resolves.toMatchObject({ status: 404 });
  });

  it('--cache-control applies the first pattern that matches the name or the path', async () => {
    const started = await start({ cacheControl: ['/folder/*=max-age=1', '*.html=private, max-age=2'] });
    const controlOf = async (path: string): Promise<string | undefined> =>
      (await started.ask(path)).headers['cache-control'];
    expect(await controlOf('/folder/')).toBe('max-age=1');
    expect(await controlOf('/folder/inner.txt')).toBe('max-age=1');
    expect(await controlOf('/')).toBe('private, max-age=2');
    expect(await controlOf('/style.css')).toBe('no-cache');
    expect(await controlOf('/assets/app.3f2a9c1b.js')).toBe('public, max-age=31536000, immutable');
    expect(await controlOf('/missing.html')).toBe('no-store');
  });

  it('a long 404.html of the root is sent completely', async () => {
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
