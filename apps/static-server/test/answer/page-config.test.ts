import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allowApi, resolveApiUrl } from '../../src/answer/page-config.ts';
import { cacheModes } from '../support/cache-modes.ts';
import { createSite, type Site } from '../support/site.ts';
import { startServer } from '../support/started-server.ts';

describe('the address of the API for a page', () => {
  it.each([
    ['a URL', 'https://api.example/v1', { host: 'localhost:8082' }, 'https://api.example/v1'],
    ['a path', '/v1/', { host: 'localhost:8082' }, '/v1/'],
    ['a port, opened on this machine', ':8081', { host: 'localhost:8082' }, 'http://localhost:8081/'],
    ['a port, opened on another one', ':8081', { host: '192.168.1.7:8082' }, 'http://192.168.1.7:8081/'],
    ['a port, opened by IPv6', ':8081', { host: '[::1]:8082' }, 'http://[::1]:8081/'],
    ['a port, without Host', ':8081', {}, '/api/'],
    ['a port, with an invalid Host', ':8081', { host: 'a b' }, '/api/'],
    ['a port, behind a proxy', ':8081', { host: 'localhost', 'x-forwarded-for': '10.0.0.1' }, '/api/'],
    [
      'a port, behind a proxy of RFC 7239',
      ':8081',
      { host: 'localhost', forwarded: 'for=10.0.0.1' },
      '/api/',
    ],
    ['a port, behind a proxy that names itself', ':8081', { host: 'localhost', via: '1.1 edge' }, '/api/'],
    ['a URL, behind a proxy', 'http://api.example', { via: '1.1 edge' }, 'http://api.example'],
  ])('is right when --api-url is %s', (_, apiUrl, headers, expected) => {
    expect(resolveApiUrl(apiUrl, headers)).toBe(expected);
  });

  it.each([
    [undefined, "connect-src 'self'; base-uri 'none'"],
    ['/api/', "connect-src 'self'; base-uri 'none'"],
    [':8081', "connect-src 'self' *:8081; base-uri 'none'"],
    ['https://api.example/v1', "connect-src 'self' https://api.example; base-uri 'none'"],
  ])('is allowed by the policy of pages when it is %p', (apiUrl, policy) => {
    expect(allowApi("connect-src 'self'; base-uri 'none'", apiUrl)).toBe(policy);
  });
});

describe.each(cacheModes)('/config.json, files %s', (_mode, maxMemoryBytes) => {
  let site: Site;
  beforeAll(() => {
    site = createSite();
    site.write('config.json', '{"apiUrl":"/file/"}');
  });
  afterAll(() => site.remove());

  it('is the file of the folder without --api-url', async () => {
    const started = await startServer({ root: site.root, maxMemoryBytes });
    await expect(started.ask('/config.json')).resolves.toMatchObject({
      status: 200,
      body: '{"apiUrl":"/file/"}',
    });
    await started.stop();
  });

  it('contains the address of --api-url in place of a file, is never stored, and takes GET and HEAD', async () => {
    const started = await startServer({ root: site.root, maxMemoryBytes, apiUrl: ':8081' });
    await started.server.preload();
    const { status, headers, body } = await started.ask('/config.json?x');
    expect([status, JSON.parse(body)]).toEqual([200, { apiUrl: 'http://x:8081/' }]);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    await expect(started.ask('/config.json', [], 'HEAD')).resolves.toMatchObject({ status: 200, body: '' });
    await expect(started.ask('/config.json', [], 'POST')).resolves.toMatchObject({ status: 405 });
    await started.stop();
  });
});
