import { Agent } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { engineNames } from '../../src/engine-table.ts';
import { ask } from '../support/ask.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(stopAll);

describe.each(engineNames)('retries of the engine %s when upstreams fail', (engine) => {
  it.each([
    [1, 10],
    [1, 100],
    [3, 100],
  ])('stay within the budget with %i of 3 upstreams failing and %i clients', async (broken, clients) => {
    const upstreams = [await runUpstream(), await runUpstream(), await runUpstream()];
    for (const upstream of upstreams.slice(0, broken)) {
      upstream.setScript((socket) => void socket.resetAndDestroy());
    }
    // No upstream is ejected, and the clock does not advance, so all retries count against one budget of 10 s.
    const { port } = await runProxy({ engine, route: routeTo(...upstreams), clock: createFakeClock() });
    const statuses: number[] = [];
    const agent = new Agent({ keepAlive: true });
    const client = async (): Promise<void> => {
      for (let request = 0; request < 15; request += 1) statuses.push((await ask({ port, agent })).status);
    };
    await Promise.all(Array.from({ length: clients }, client));
    agent.destroy();
    const asked = clients * 15;
    const load = upstreams.reduce((sum, { requests }) => sum + requests.length, 0);
    expect(load - asked).toBeGreaterThanOrEqual(10);
    expect(load - asked).toBeLessThanOrEqual(asked * 0.1 + 10);
    expect(load).toBeLessThanOrEqual(asked * 1.2);
    expect(new Set(statuses)).toEqual(new Set(broken === 3 ? [502] : [200, 502]));
  });
});
