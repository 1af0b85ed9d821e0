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
    const [victim] = upstreams;
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
    victim.signal('SIGSTOP');
    await waitFor('it to be out', async () => !(await reportOf(proxy, victim)).healthy);
    const { requests } = await reportOf(proxy, victim);
    const before = getters.requests;
    await waitFor('more of the load', () => getters.requests > before + 100);
    expect((await reportOf(proxy, victim)).requests).toBe(requests);
    victim.signal('SIGCONT');
    await waitFor('it to be back', async () => (await reportOf(proxy, victim)).state === 'available');
    await waitFor('requests to it', async () => (await reportOf(proxy, victim)).requests > requests + 20);

    expect(Object.keys((await getters.stop()).outcomes)).toEqual(['200']);
    const { outcomes } = await posters.stop();
    expect(Object.keys(outcomes).filter((outcome) => outcome !== '200' && outcome !== '504')).toEqual([]);
    expect(outcomes['504'] ?? 0).toBeLessThanOrEqual(3);
    const carriedOut = upstreams.flatMap(({ posts }) => posts);
    expect(new Set(carriedOut).size).toBe(carriedOut.length);
  });
});
