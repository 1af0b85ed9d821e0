import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { engineNames } from '../../../src/engine-table.ts';
import { askAdmin, reportOf } from '../../support/admin.ts';
import { ask, json } from '../../support/ask.ts';
import { runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';

const relays = new Set<Server>();

afterEach(async () => {
  for (const relay of relays) relay.close();
  relays.clear();
  await stopAll();
});

/** A relay to a port that is set later, at an address that the proxy does not know as its own. */
const startRelay = async () => {
  const target = { port: 0 };
  const relay = createServer((socket) => {
    const onward = connect(target.port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  relays.add(relay);
  await new Promise<void>((resolve) => {
    relay.listen(0, '127.0.0.1', resolve);
  });
  const address = relay.address();
  return { target, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` };
};

describe.each(engineNames)('loops through the engine %s', (engine) => {
  it('refuses a request that comes back a second time with 508', async () => {
    const relay = await startRelay();
    const proxy = await runProxy({ engine, route: [`/=${relay.url}`] });
    relay.target.port = proxy.port;
    const answer = await ask({ port: proxy.port, path: '/loop' });
    expect([answer.status, json(answer)['code']]).toEqual([508, 'PROXY_LOOP']);
    expect(proxy.log.requests.map(({ status }) => status)).toEqual([508, 508, 508]);
  });

  it('forwards through two proxies that stand one behind the other', async () => {
    const relay = await startRelay();
    const inner = await runProxy({ engine, route: [`/=${relay.url}`] });
    const outer = await runProxy({ engine, route: [`/=http://127.0.0.1:${inner.port}`] });
    const third = await runProxy({ engine, route: [`/=http://127.0.0.1:${outer.port}`] });
    relay.target.port = third.adminPort;
    const answer = await ask({ port: third.port, path: '/pools', headers: { Host: 'localhost' } });
    expect(answer.status).toBe(200);
  });

  it.each(['port', 'adminPort'] as const)(
    'sends nothing to an upstream that is its own %s',
    async (which) => {
      const relay = await startRelay();
      const proxy = await runProxy({ engine, route: [`/=${relay.url}`] });
      for (const host of ['127.0.0.1', 'localhost', '0.0.0.0']) {
        const body = JSON.stringify({ url: `http://${host}:${proxy[which]}` });
        const answer = await askAdmin(proxy, { method: 'POST', path: '/pools/static/upstreams', body });
        expect(answer.status).toBe(400);
        expect(answer.text).toContain('must not be the proxy itself');
      }
    },
  );

  it('starts with itself as an upstream, logs an error, and responds 503', async () => {
    const relay = await startRelay();
    const first = await runProxy({ engine, route: [`/=${relay.url}`] });
    const { port } = first;
    await first.stop();
    const proxy = await runProxy({ engine, port, route: [`/=http://127.0.0.1:${port}`] });
    expect((await ask({ port })).status).toBe(503);
    expect(await reportOf(proxy, { port })).toMatchObject({ state: 'loop', reason: 'is the proxy itself' });
    expect(proxy.log.events.map(({ message }) => message)).toContain(
      'upstream is the proxy itself and gets no requests',
    );
  });
});
