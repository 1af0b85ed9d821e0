import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { reportOf } from '../support/admin.ts';
import { startClients } from '../support/clients.ts';
import { routeTo } from '../support/run-proxy.ts';
import { addressesOf, killProxies, spawnProxy } from '../support/spawn-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(killProxies);
afterEach(stopAll);

// Longer than the upstreams, which are in this process, take to respond on a busy machine.
const limitMs = 3000;

describe.each(engineNames)('a suspended proxy process with the engine %s', (engine) => {
  it('does not count the time of its suspension against clients or upstreams', async () => {
    const upstreams = [await runUpstream(), await runUpstream()];
    const limits = ['connect', 'response', 'idle', 'client-head', 'client-body'];
    const timeOuts = limits.map((name) => `--${name}-timeout-ms=${limitMs}`);
    const args = ['--port=0', '--admin-port=0', '--health-path=off', `--engine=${engine}`, ...timeOuts];
    const proxy = spawnProxy([...args, `--route=${routeTo(...upstreams)[0]}`]);
    const addresses = await addressesOf(proxy);
    const { port } = addresses;
    const getters = startClients({ count: 4, question: () => ({ port }) });
    const posters = startClients({ count: 4, question: () => ({ port, method: 'POST', body: 'some body' }) });
    await waitFor('the load', () => getters.requests > 100 && posters.requests > 100);
    proxy.child.kill('SIGSTOP');
    const untilMs = performance.now() + 2 * limitMs;
    await waitFor('longer than the time-outs', () => performance.now() > untilMs);
    proxy.child.kill('SIGCONT');
    const before = getters.requests;
    await waitFor('more requests', () => getters.requests > before + 100);
    const results = [await getters.stop(), await posters.stop()];
    expect(results.map(({ outcomes }) => Object.keys(outcomes))).toEqual([['200'], ['200']]);
    for (const upstream of upstreams) {
      expect(await reportOf(addresses, upstream)).toMatchObject({ ejections: 0, failures: 0 });
    }
  });
});
