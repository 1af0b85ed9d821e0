import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import type { ProxySettings } from '../../src/config.ts';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { ask, json } from '../support/ask.ts';
import { startClients } from '../support/clients.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import {
  killUpstreamProcesses,
  startUpstreamProcess,
  type UpstreamProcess,
} from '../support/upstream-process.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(killUpstreamProcesses);
afterEach(stopAll);

/** Longer than any test runs, so that a test that waits for one of these fails. */
const never = 3_600_000;
const checked: Partial<ProxySettings> = {
  healthPath: '/readyz',
  healthIntervalMs: 100,
  maxFails: 1,
  failWindowMs: never,
  connectTimeoutMs: never,
  responseTimeoutMs: never,
  idleTimeoutMs: never,
};

const three = async (): Promise<readonly [UpstreamProcess, UpstreamProcess, UpstreamProcess]> =>
  Promise.all([startUpstreamProcess(), startUpstreamProcess(), startUpstreamProcess()]);

describe.each(engineNames)('killed upstream processes behind the engine %s', (engine) => {
  it('fail no GET and process no POST twice when one of three is killed under load', async () => {
    const upstreams = await three();
    const proxy = await runProxy({ engine, route: routeTo(...upstreams), ...checked });
    const { port } = proxy;
    const acknowledged: string[] = [];
    const getters = startClients({ count: 6, question: () => ({ port }) });
    const posters = startClients({
      count: 3,
      question: (number) => ({ port, method: 'POST', body: `post ${number}` }),
      onAnswer: ({ status }, number) => {
        if (status === 200) acknowledged.push(`post ${number}`);
      },
    });
    await waitFor('the load', () => getters.requests > 300 && posters.requests > 50);
    const [killed] = upstreams;
    killed.signal('SIGKILL');
    await waitFor('the upstream to be unhealthy', async () => !(await reportOf(proxy, killed)).healthy);
    const { requests } = await reportOf(proxy, killed);
    const before = getters.requests;
    await waitFor('more requests', () => getters.requests > before + 300);
    expect((await reportOf(proxy, killed)).requests).toBe(requests);

    expect(Object.keys((await getters.stop()).outcomes)).toEqual(['200']);
    const { outcomes } = await posters.stop();
    expect(Object.keys(outcomes).filter((outcome) => outcome !== '200' && outcome !== '502')).toEqual([]);
    expect(outcomes['502'] ?? 0).toBeLessThanOrEqual(3);
    const carriedOut = upstreams.flatMap(({ posts }) => posts);
    expect(new Set(carriedOut).size).toBe(carriedOut.length);
    expect(acknowledged.filter((post) => !carriedOut.includes(post))).toEqual([]);
  });

  it('lead to 503 at once while all are dead, and to responses again when one is back', async () => {
    const upstreams = await three();
    const page = await runUpstream();
    const route = [`/api/=${upstreams.map(({ url }) => url).join(',')}`, `/=${page.url}`];
    const proxy = await runProxy({ engine, route, ...checked });
    const askApi = (method = 'GET') => ask({ ...proxy, method, path: '/api/images.json' });
    expect((await askApi()).status).toBe(200);
    for (const upstream of upstreams) upstream.signal('SIGKILL');
    await Promise.all(upstreams.map(({ ended }) => ended));
    const expectNone = async (): Promise<void> => {
      for (const method of ['GET', 'POST']) {
        const answer = await askApi(method);
        expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
        expect(answer.headers['content-type']).toBe('application/problem+json');
        expect(json(answer)).toMatchObject({ code: 'PROXY_NO_UPSTREAM' });
      }
      expect((await ask(proxy)).text).toBe('hello');
    };
    // Before and after the checks have noticed.
    await expectNone();
    const isOut = async (upstream: UpstreamProcess) => !(await reportOf(proxy, upstream)).healthy;
    await waitFor('all upstreams to be unhealthy', async () =>
      (await Promise.all(upstreams.map(isOut))).every(Boolean),
    );
    await expectNone();

    const [first] = upstreams;
    await startUpstreamProcess({ port: first.port });
    await waitFor(
      'the upstream to be available again',
      async () => (await reportOf(proxy, first)).state === 'available',
    );
    for (let request = 0; request < 10; request += 1) expect((await askApi()).status).toBe(200);
    expect((await reportOf(proxy, first)).answers['2xx']).toBeGreaterThanOrEqual(10);
  });
});
