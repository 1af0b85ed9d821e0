import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { listen } from '@tripod/shared/os/listen';
import { waitFor } from '@tripod/testing/wait-for';
import type { Balancer } from '../../src/balancer/balancer.ts';
import { createProxyBalancer } from '../../src/balancer/proxy-balancer.ts';
import { createServiceCommands } from '../../src/supervisor/service-commands.ts';

type Upstream = { id: string; state: string; inFlight: number; draining: boolean };

let server: Server;
let upstreams: Upstream[];
let asked: string[];
let balancer: Balancer;
let proxyIsReady: boolean;
/** How the first check of an added upstream ends. */
let stateWhenAdded: string;

const upstream = (port: number, state = 'available'): Upstream => ({
  id: `127.0.0.1:${port}`,
  state,
  inFlight: 0,
  draining: false,
});

beforeEach(async () => {
  upstreams = [];
  asked = [];
  proxyIsReady = true;
  stateWhenAdded = 'available';
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => {
      text += String(piece);
    });
    request.on('end', () => {
      const { method, url = '' } = request;
      if (method !== 'GET') asked.push(`${method} ${url} ${text}`.trim());
      const found = upstreams.find(({ id }) => url.endsWith(`/${id}`));
      if (method === 'POST')
        upstreams.push(upstream(Number(new URL(JSON.parse(text).url).port), stateWhenAdded));
      if (method === 'PATCH' && found) found.draining = JSON.parse(text).draining;
      if (method === 'DELETE') upstreams = upstreams.filter((one) => one !== found);
      response.end(
        JSON.stringify([
          { name: 'static', upstreams: [] },
          { name: 'api', upstreams },
        ]),
      );
    });
  });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  balancer = createProxyBalancer({
    commands: createServiceCommands('/checkout'),
    port: 8080,
    adminPort: port,
    host: '0.0.0.0',
    engine: 'http-proxy',
    policy: 'ip-hash',
    staticPort: 8082,
    firstApiPort: 8081,
    env: {},
    clock: systemClock,
    isReady: () => proxyIsReady,
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const routes = (): readonly string[] =>
  balancer.spec.command().args.filter((argument) => argument.startsWith('/'));

describe('createProxyBalancer', () => {
  it('names the copies that were added before the proxy runs in its routes', async () => {
    proxyIsReady = false;
    await balancer.add(8081);
    await balancer.add(8083);
    expect(routes()).toEqual([
      '/api/=http://127.0.0.1:8081,http://127.0.0.1:8083',
      '/=http://127.0.0.1:8082',
    ]);
    expect(asked).toEqual([]);
  });

  it('passes the address and the policy on', () => {
    const { args } = balancer.spec.command();
    expect(args.join(' ')).toMatch(/--host 0\.0\.0\.0 .*--policy ip-hash/);
    expect(args.filter((argument) => argument === '--host')).toHaveLength(1);
  });

  it('adds a copy to the running proxy, and waits until its check has passed', async () => {
    stateWhenAdded = 'unhealthy';
    const added = balancer.add(8083);
    await waitFor('the upstream', () => upstreams.length === 1);
    let done = false;
    void added.then(() => {
      done = true;
    });
    expect(done).toBe(false);
    upstreams = [upstream(8083)];
    await added;
    expect(asked).toEqual(['POST /pools/api/upstreams {"url":"http://127.0.0.1:8083"}']);
  });

  it('drains a copy and waits for its last request', async () => {
    upstreams = [{ ...upstream(8081), inFlight: 1 }];
    await balancer.add(8081);
    let done = false;
    const drained = balancer.drain(8081).then(() => {
      done = true;
    });
    await waitFor('the drain', () => upstreams[0]?.draining);
    expect(done).toBe(false);
    upstreams = [{ ...upstream(8081), draining: true }];
    await drained;
    expect(asked).toEqual(['PATCH /pools/api/upstreams/127.0.0.1:8081 {"draining":true}']);
  });

  it('removes a drained copy', async () => {
    upstreams = [upstream(8081)];
    await balancer.add(8081);
    await balancer.drain(8081);
    await balancer.remove(8081);
    expect(asked.at(-1)).toBe('DELETE /pools/api/upstreams/127.0.0.1:8081');
    expect(upstreams).toEqual([]);
  });

  it('lets a drained copy serve again', async () => {
    upstreams = [upstream(8081)];
    await balancer.add(8081);
    await balancer.drain(8081);
    await balancer.add(8081);
    expect(asked.at(-1)).toBe('PATCH /pools/api/upstreams/127.0.0.1:8081 {"draining":false}');
  });

  it('does not name a draining copy when the proxy starts again', async () => {
    upstreams = [upstream(8081), upstream(8083)];
    await balancer.add(8081);
    await balancer.add(8083);
    await balancer.drain(8081);
    expect(routes()[0]).toBe('/api/=http://127.0.0.1:8083');
  });

  it('brings a proxy that started again to what was asked while it was down', async () => {
    proxyIsReady = false;
    await balancer.add(8083);
    upstreams = [upstream(8081), { ...upstream(8083), draining: true }];
    proxyIsReady = true;
    await balancer.becameReady();
    expect(asked).toEqual([
      'PATCH /pools/api/upstreams/127.0.0.1:8083 {"draining":false}',
      'DELETE /pools/api/upstreams/127.0.0.1:8081',
    ]);
  });

  it('takes out the placeholder that the command line needs when there is no copy', async () => {
    expect(routes()[0]).toBe('/api/=http://127.0.0.1:8081');
    upstreams = [upstream(8081)];
    await balancer.becameReady();
    expect(upstreams).toEqual([]);
  });

  it('reports what the proxy says of each copy, and nothing while it is down', async () => {
    upstreams = [{ ...upstream(8081), inFlight: 3 }];
    expect((await balancer.report()).get(8081)).toMatchObject({ state: 'available', inFlight: 3 });
    proxyIsReady = false;
    expect((await balancer.report()).size).toBe(0);
  });

  it('says so when the admin side does not answer', async () => {
    server.closeAllConnections();
    server.close();
    await expect(balancer.add(8081)).rejects.toThrow(/The proxy's admin side at .* does not answer\./);
  });
});
