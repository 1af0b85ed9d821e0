import { afterEach, describe, expect, it } from '@jest/globals';
import { exchangeRaw } from '@tripod/testing/raw-http';
import { engineNames } from '../../../src/engine-table.ts';
import { ask } from '../../support/ask.ts';
import { runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

describe.each(engineNames)('settings of a route with the engine %s', (engine) => {
  it.each([
    ['client', '', 'shop.example'],
    ['upstream', '', undefined],
    ['upstream', 'X-Forwarded-Host: evil\r\n', undefined],
  ])('set the Host with hostHeader %s and %j', async (hostHeader, lines, expected) => {
    const upstream = await runUpstream();
    const routes = [{ prefix: '/', hostHeader, upstreams: [upstream.url] }];
    const { port } = await runProxy({ engine, routes });
    const bytes = `GET / HTTP/1.1\r\nHost: shop.example\r\n${lines}Connection: close\r\n\r\n`;
    await exchangeRaw({ port, bytes });
    const head = upstream.requests[0]?.head ?? '';
    const host = expected ?? `127.0.0.1:${upstream.port}`;
    expect(head.toLowerCase().match(/^host:.*$/gm)).toEqual([`host: ${host}`]);
    expect(head.match(/^x-forwarded-host:.*$/gim)).toEqual(['X-Forwarded-Host: shop.example']);
  });

  it('keep the prefix with stripPrefix false', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({
      engine,
      routes: [{ prefix: '/api/', stripPrefix: false, upstreams: [upstream.url] }],
    });
    await ask({ ...proxy, path: '/api/x?y=/api/' });
    expect(upstream.requests[0]?.target).toBe('/api/x?y=/api/');
  });

  it('limit the bodies of one route only', async () => {
    const upstream = await runUpstream();
    const upstreams = [upstream.url];
    const proxy = await runProxy({
      engine,
      maxBodyBytes: 1000,
      routes: [
        { prefix: '/small/', maxBodyBytes: 4, upstreams },
        { prefix: '/', upstreams },
      ],
    });
    const post = async (path: string, body: string | readonly string[]): Promise<number> =>
      (await ask({ ...proxy, path, method: 'POST', body })).status;
    expect(await post('/small/', '12345')).toBe(413);
    expect(await post('/small/', ['123', '45'])).toBe(413);
    expect(await post('/small/', '1234')).toBe(200);
    expect(await post('/', '12345')).toBe(200);
    expect(await post('/', 'x'.repeat(1001))).toBe(413);
  });

  it('let two prefixes share a pool and its round-robin order', async () => {
    const [first, second] = [await runUpstream(), await runUpstream()];
    const proxy = await runProxy({
      engine,
      routes: [
        { prefix: '/v1/', pool: 'api', upstreams: [first.url, second.url] },
        { prefix: '/v2/', pool: 'api' },
      ],
    });
    for (let round = 0; round < 4; round += 1) {
      for (const path of ['/v1/x', '/v2/x']) expect((await ask({ ...proxy, path })).status).toBe(200);
    }
    expect([first.requests.length, second.requests.length]).toEqual([4, 4]);
  });
});
