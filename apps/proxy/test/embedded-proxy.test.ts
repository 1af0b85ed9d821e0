import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { createProxy, type EmbeddedProxy, type ProxyEvent } from '../src/embedded-proxy.ts';
import { stopAll } from './support/stop-all.ts';
import { runUpstream } from './support/upstreams.ts';

const created: EmbeddedProxy[] = [];
afterEach(async () => {
  for (const proxy of created.splice(0)) await proxy.close();
});
afterEach(stopAll);

const create = (values: Parameters<typeof createProxy>[0]): EmbeddedProxy => {
  const proxy = createProxy({ port: 0, adminPort: 0, host: '127.0.0.1', ...values });
  created.push(proxy);
  return proxy;
};
const runNamed = (text: string) => runUpstream((socket) => void socket.write(plainResponse(text)));
const routesTo = ({ port }: { readonly port: number }) => [
  { prefix: '/', upstreams: [`http://127.0.0.1:${port}`] },
];

describe('a proxy inside another program', () => {
  it('listens, tells of its requests, takes a new configuration and closes', async () => {
    const [first, second] = [await runNamed('first'), await runNamed('second')];
    const proxy = create({ routes: routesTo(first) });
    const events: ProxyEvent[] = [];
    proxy.on('event', (event) => events.push(event));
    const { url, adminUrl } = await proxy.listen();
    const told = once(proxy, 'request');
    expect(await (await fetch(`${url}/a`)).text()).toBe('first');
    expect(await told).toMatchObject([{ method: 'GET', url: '/a', status: 200 }]);
    proxy.reload({ port: 0, adminPort: 0, host: '127.0.0.1', routes: routesTo(second) });
    expect(await (await fetch(`${url}/b`)).text()).toBe('second');
    expect((await fetch(`${adminUrl}/livez`)).status).toBe(200);
    await proxy.close();
    await expect(fetch(url)).rejects.toThrow();
    expect(events).toContainEqual(expect.objectContaining({ message: 'configuration reloaded' }));
  });

  it('keeps its configuration when the next one is wrong, and says what is wrong', async () => {
    const upstream = await runNamed('here');
    const proxy = create({ routes: routesTo(upstream) });
    const { url } = await proxy.listen();
    expect(() => proxy.reload({ port: 0, adminPort: 0, host: '127.0.0.1', maxFails: -1 })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '#/maxFails' })] }),
    );
    expect(await (await fetch(url)).text()).toBe('here');
  });

  it('is not created with a wrong field, listens once, and may be closed at any time', async () => {
    expect(() => createProxy({ port: 70_000 })).toThrow(/port/);
    const proxy = create({ routes: routesTo(await runNamed('here')) });
    expect(() => proxy.reload({})).toThrow('does not listen yet');
    await proxy.listen();
    await expect(proxy.listen()).rejects.toThrow('listens already');
    await proxy.close();
    await proxy.close();
    await createProxy({ port: 0 }).close();
  });
});
