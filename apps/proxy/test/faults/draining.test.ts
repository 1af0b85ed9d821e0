import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { askAdmin, reportOf } from '../support/admin.ts';
import { ask } from '../support/ask.ts';
import { routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(stopAll);

describe.each(engineNames)('a draining upstream behind the engine %s', (engine) => {
  it('gets no new request, finishes those in flight, and is then reported as drained', async () => {
    const waiting: Socket[] = [];
    const leaving = await runUpstream((socket) => void waiting.push(socket));
    const staying = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(leaving, staying), policy: 'round-robin' });
    const old = Array.from({ length: 6 }, () => ask(proxy));
    await waitFor('some of them at each', () => waiting.length === 3 && staying.requests.length === 3);
    const body = JSON.stringify({ draining: true });
    const path = `/pools/static/upstreams/127.0.0.1:${leaving.port}`;
    expect((await askAdmin(proxy, { method: 'PATCH', path, body })).status).toBe(200);
    for (let request = 0; request < 20; request += 1) expect((await ask(proxy)).text).toBe('hello');
    expect(leaving.requests).toHaveLength(3);
    const report = () => reportOf(proxy, leaving);
    expect(await report()).toMatchObject({ state: 'draining', inFlight: 3, drained: false });
    waiting.pop()?.write(plainResponse('finished'));
    await waitFor('one to be finished', async () => (await report()).inFlight === 2);
    expect(await report()).toMatchObject({ drained: false });
    for (const socket of waiting) socket.write(plainResponse('finished'));
    expect((await Promise.all(old)).map(({ text }) => text).sort()).toEqual([
      ...['finished', 'finished', 'finished'],
      ...['hello', 'hello', 'hello'],
    ]);
    await waitFor('the upstream to be drained', async () => (await report()).drained);
    expect(await report()).toMatchObject({ state: 'draining', inFlight: 0 });
  });
});
