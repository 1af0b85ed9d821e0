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

describe.each(engineNames)('a rolling restart of the upstreams behind the engine %s', (engine) => {
  it('fails none of 10,000 requests on kept connections', async () => {
    // Long enough for the checks to notice it on a busy machine.
    const drainDelayMs = 2000;
    const start = (port?: number) =>
      startUpstreamProcess({ drainDelayMs, ...(port === undefined ? {} : { port }) });
    const upstreams = await Promise.all([start(), start(), start()]);
    const proxy = await runProxy({
      engine,
      route: routeTo(...upstreams),
      healthPath: '/readyz',
      healthIntervalMs: 100,
      maxFails: 1,
      connectTimeoutMs: 30_000,
    });
    const { port } = proxy;
    const getters = startClients({ count: 6, question: () => ({ port }) });
    const posters = startClients({
      count: 2,
      question: (number) => ({ port, method: 'POST', body: `post ${number}` }),
    });
    await waitFor('the load', () => getters.requests > 300 && posters.requests > 50);
    for (const upstream of upstreams) {
      upstream.signal('SIGTERM');
      expect(await upstream.ended).toBe(0);
      const { requests } = await reportOf(proxy, upstream);
      await start(upstream.port);
      await waitFor(
        'requests to the restarted upstream',
        async () => (await reportOf(proxy, upstream)).requests > requests + 20,
      );
    }
    await waitFor('10,000 requests', () => getters.requests + posters.requests >= 10_000);
    const results = [await getters.stop(), await posters.stop()];
    expect(results.map(({ outcomes }) => Object.keys(outcomes))).toEqual([['200'], ['200']]);
  });
});
