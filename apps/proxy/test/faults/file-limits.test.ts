import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { ask, json } from '../support/ask.ts';
import { startClients } from '../support/clients.ts';
import { proxyArgs } from '../support/proxy-args.ts';
import { routeTo } from '../support/run-proxy.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

const opened = new Set<Socket>();
afterEach(() => {
  for (const socket of opened) socket.destroy();
  opened.clear();
});
afterEach(killProxies);
afterEach(stopAll);

describe.each(engineNames)('connection limits of the engine %s', (engine) => {
  it('keeps upstreams and the admin side available with 1,000 clients and 256 open files, and serves again when they are gone', async () => {
    const upstreams = [await runUpstream(), await runUpstream()];
    const args = ['--port=0', '--admin-port=0', `--engine=${engine}`, '--health-interval-ms=100'];
    const proxy = spawnProxy([...args, `--route=${routeTo(...upstreams)[0]}`], { maxOpenFiles: 256 });
    const addresses = await addressesOf(proxy);
    const { port } = addresses;
    expect((await ask({ port })).text).toBe('hello');
    let settled = 0;
    for (let client = 0; client < 1000; client += 1) {
      const socket = connect(port, '127.0.0.1');
      opened.add(socket);
      socket.on('error', () => undefined);
      socket.resume();
      socket.once('connect', () => {
        settled += 1;
      });
      // Half of them ask for something, for which an upstream connection would be needed as well.
      if (client % 2 === 0) socket.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    }
    await waitFor('all to be connected', () => settled === 1000);
    await waitFor('some to be turned away', () => [...opened].some(({ destroyed }) => destroyed));
    // Neither checks nor requests that fail for want of descriptors say anything about the upstreams.
    for (const upstream of upstreams) {
      const report = await reportOf(addresses, upstream);
      expect(report).toMatchObject({ state: 'available', ejections: 0 });
    }
    for (const socket of opened) socket.resetAndDestroy();
    await waitFor('an answer', () =>
      ask({ port }).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    const clients = startClients({ count: 8, question: () => ({ port }) });
    await waitFor('400 requests', () => clients.requests > 400);
    const { requests, outcomes } = await clients.stop();
    expect(outcomes).toEqual({ '200': requests });
    expect(proxy.child.exitCode).toBeNull();
    expect(proxy.stderr()).toBe('');
  });

  it('answers 503 to 500 clients over --max-connections while those within it are served', async () => {
    const upstream = await runUpstream();
    const proxy = spawnProxy(proxyArgs(engine, routeTo(upstream), '--max-connections=8'));
    const { port } = await addressesOf(proxy);
    const within = startClients({ count: 8, question: () => ({ port }) });
    await waitFor('those within to be connected', () => within.requests >= 200);
    const codes = new Set<unknown>();
    const above = async (): Promise<void> => {
      for (let request = 0; request < 50; request += 1) {
        const answer = await ask({ port });
        expect(answer.status).toBe(503);
        codes.add(json(answer)['code']);
      }
    };
    await Promise.all(Array.from({ length: 10 }, above));
    const { requests, outcomes } = await within.stop();
    expect(outcomes).toEqual({ '200': requests });
    expect(codes).toEqual(new Set(['PROXY_OVERLOADED']));
    await waitFor('a free connection', async () => (await ask({ port })).status === 200);
  });
});
