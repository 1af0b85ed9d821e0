import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { listen } from '@tripod/shared/os/listen';
import { waitFor } from '@tripod/testing/wait-for';
import type { Balancer } from '../../src/balancer/balancer.ts';
import { createProxyBalancer } from '../../src/balancer/proxy-balancer.ts';
import { useTempFolders } from '../support/temp-folder.ts';

type Upstream = { id: string; state: string; inFlight: number; draining: boolean };

const makeFolder = useTempFolders();

let server: Server;
let upstreams: Upstream[];
let asked: string[];
let balancer: Balancer;
let proxyIsReady: boolean;
let dir: string;
/** The state of an upstream after it was added. */
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
      if (method === 'POST' && url.startsWith('/pools'))
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
  dir = makeFolder();
  balancer = createProxyBalancer({
    command: { type: 'node', file: 'proxy.js', args: ['--port', '8080'] },
    adminPort: port,
    dir,
    routes: [
      { prefix: '/api/', pool: 'api' },
      { prefix: '/', pool: 'static' },
    ],
    poolPort: (pool) => (pool === 'api' ? 8081 : 8082),
    clock: systemClock,
    isReady: () => proxyIsReady,
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The upstreams of the pool api that the proxy reads when it starts. */
const configured = (): readonly string[] => {
  const { args } = balancer.command();
  expect(args).toEqual(['--port', '8080', '--config', join(dir, 'proxy.json')]);
  const { routes } = JSON.parse(readFileSync(join(dir, 'proxy.json'), 'utf8')) as {
    readonly routes: readonly { readonly pool: string; readonly upstreams: readonly string[] }[];
  };
  return routes.find(({ pool }) => pool === 'api')?.upstreams ?? [];
};

describe('the balancer of our proxy', () => {
  it('writes the copies that were added before the proxy runs into its configuration', async () => {
    proxyIsReady = false;
    await balancer.add('api', 8081);
    await balancer.add('api', 8083);
    expect(configured()).toEqual(['http://127.0.0.1:8081', 'http://127.0.0.1:8083']);
    expect(asked).toEqual([]);
  });

  it('makes the proxy read a configuration without the copies that drain', async () => {
    await balancer.add('api', 8081);
    await balancer.add('api', 8083);
    await balancer.drain('api', 8083);
    asked = [];
    // The proxy drops a copy that the file leaves out, and adds those that it names.
    upstreams = [upstream(8081)];
    await balancer.reload();
    expect(asked).toEqual(['POST /config/reload']);
    expect(configured()).toEqual(['http://127.0.0.1:8081']);
  });

  it('adds a copy to the running proxy and waits until its health check has passed', async () => {
    stateWhenAdded = 'unhealthy';
    const added = balancer.add('api', 8083);
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
    await balancer.add('api', 8081);
    let done = false;
    const drained = balancer.drain('api', 8081).then(() => {
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
    await balancer.add('api', 8081);
    await balancer.drain('api', 8081);
    await balancer.remove('api', 8081);
    expect(asked.at(-1)).toBe('DELETE /pools/api/upstreams/127.0.0.1:8081');
    expect(upstreams).toEqual([]);
  });

  it('ends the draining of a copy that is added again', async () => {
    upstreams = [upstream(8081)];
    await balancer.add('api', 8081);
    await balancer.drain('api', 8081);
    await balancer.add('api', 8081);
    expect(asked.at(-1)).toBe('PATCH /pools/api/upstreams/127.0.0.1:8081 {"draining":false}');
  });

  it('leaves a draining copy out when the proxy starts again', async () => {
    upstreams = [upstream(8081), upstream(8083)];
    await balancer.add('api', 8081);
    await balancer.add('api', 8083);
    await balancer.drain('api', 8081);
    expect(configured()).toEqual(['http://127.0.0.1:8083']);
  });

  it('applies changes that were made while the proxy was down when it is ready again', async () => {
    proxyIsReady = false;
    await balancer.add('api', 8083);
    upstreams = [upstream(8081), { ...upstream(8083), draining: true }];
    proxyIsReady = true;
    await balancer.becameReady();
    expect(asked).toEqual([
      'PATCH /pools/api/upstreams/127.0.0.1:8083 {"draining":false}',
      'DELETE /pools/api/upstreams/127.0.0.1:8081',
    ]);
  });

  it('removes the placeholder that a pool without copies needs in the configuration', async () => {
    expect(configured()).toEqual(['http://127.0.0.1:8081']);
    upstreams = [upstream(8081)];
    await balancer.becameReady();
    expect(upstreams).toEqual([]);
  });

  it('reports the state of each copy, and nothing while the proxy is down', async () => {
    upstreams = [{ ...upstream(8081), inFlight: 3 }];
    expect((await balancer.report()).get(8081)).toMatchObject({ state: 'available', inFlight: 3 });
    proxyIsReady = false;
    expect((await balancer.report()).size).toBe(0);
  });

  it('fails with a sentence when the admin API does not answer', async () => {
    server.closeAllConnections();
    server.close();
    await expect(balancer.add('api', 8081)).rejects.toThrow(
      /The admin API of the proxy at .* does not answer\./,
    );
  });
});
