import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { startClients } from '../support/clients.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { killUpstreamProcesses, startUpstreamProcess } from '../support/upstream-process.ts';

afterEach(killUpstreamProcesses);
afterEach(stopAll);

describe.each(engineNames)('a suspended upstream process behind the engine %s', (engine) => {
  it('fails no GET and at most one POST per client, is ejected, and is used again when it resumes', async () => {
    const upstreams = [await startUpstreamProcess(), await startUpstreamProcess()] as const;
    const [suspended] = upstreams;
    const proxy = await runProxy({
      engine,
      route: routeTo(...upstreams),
      healthPath: '/readyz',
      healthIntervalMs: 100,
      healthTimeoutMs: 2000,
      maxFails: 1,
      connectTimeoutMs: 30_000,
      failWindowMs: 3_600_000,
      responseTimeoutMs: 2000,
    });
    const { port } = proxy;
    const getters = startClients({ count: 4, question: () => ({ port }) });
    const posters = startClients({
      count: 3,
      question: (number) => ({ port, method: 'POST', body: `post ${number}` }),
    });
    await waitFor('the load', () => getters.requests > 100 && posters.requests > 50);
    suspended.signal('SIGSTOP');
    await waitFor(
      'the suspended upstream to be unhealthy',
      async () => !(await reportOf(proxy, suspended)).healthy,
    );
    const { requests } = await reportOf(proxy, suspended);
    const before = getters.requests;
    await waitFor('100 more requests', () => getters.requests > before + 100);
    expect((await reportOf(proxy, suspended)).requests).toBe(requests);
    suspended.signal('SIGCONT');
    await waitFor(
      'the resumed upstream to be available',
      async () => (await reportOf(proxy, suspended)).state === 'available',
    );
    await waitFor(
      'requests to the resumed upstream',
      async () => (await reportOf(proxy, suspended)).requests > requests + 20,
    );

    expect(Object.keys((await getters.stop()).outcomes)).toEqual(['200']);
    const { outcomes } = await posters.stop();
    expect(Object.keys(outcomes).filter((outcome) => outcome !== '200' && outcome !== '504')).toEqual([]);
    expect(outcomes['504'] ?? 0).toBeLessThanOrEqual(3);
    const carriedOut = upstreams.flatMap(({ posts }) => posts);
    expect(new Set(carriedOut).size).toBe(carriedOut.length);
  });
});
