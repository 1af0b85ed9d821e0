import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../../src/engine-table.ts';
import type { Trace } from '../../../src/forwarding/trace-store.ts';
import { askAdmin } from '../../support/admin.ts';
import { type Answer, ask, json } from '../../support/ask.ts';
import { type RunningProxy, routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { refusingUpstream, runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const traceOf = async (proxy: RunningProxy, { headers }: Answer): Promise<Trace> =>
  json(await askAdmin(proxy, { path: `/traces/${headers['x-request-id']}` })) as unknown as Trace;

describe.each(engineNames)('traces with the engine %s', (engine) => {
  it('are kept for a request with X-Trace, and show the route, the upstreams and the try', async () => {
    const [one, two] = [await runUpstream(), await runUpstream()];
    const upstreams = [{ url: one.url, weight: 3 }, two.url];
    const proxy = await runProxy({ engine, routes: [{ prefix: '/api/', pool: 'api', upstreams }] });
    const answer = await ask({ ...proxy, path: '/api/x', headers: { 'X-Trace': '1' } });
    expect(await traceOf(proxy, answer)).toMatchObject({
      requestId: answer.headers['x-request-id'],
      kept: ['asked'],
      method: 'GET',
      url: '/api/x',
      host: 'here',
      client: '127.0.0.1',
      status: 200,
      code: null,
      route: { host: null, prefix: '/api/', exact: false, pool: 'api' },
      policy: 'round-robin',
      skipped: [],
      tries: [
        {
          upstream: `127.0.0.1:${one.port}`,
          startedAtMs: expect.any(Number),
          headAfterMs: expect.any(Number),
          connection: 'new',
          status: 200,
          failure: null,
          selection: {
            by: 'round-robin',
            considered: [
              { id: `127.0.0.1:${one.port}`, state: 'available', inFlight: 0, weight: 3, responseTimeMs: 0 },
              { id: `127.0.0.1:${two.port}`, state: 'available', inFlight: 0, weight: 1, responseTimeMs: 0 },
            ],
          },
        },
      ],
    });
  });

  it('are kept for retried and failed requests, with what was skipped and why, and for no others', async () => {
    const [dead, alive] = [await refusingUpstream(), await runUpstream()];
    const proxy = await runProxy({ engine, maxFails: 1, failWindowMs: 600_000, route: routeTo(dead, alive) });
    const retried = await traceOf(proxy, await ask({ ...proxy }));
    expect(retried).toMatchObject({
      kept: ['retried'],
      status: 200,
      tries: [
        {
          upstream: `127.0.0.1:${dead.port}`,
          status: null,
          headAfterMs: null,
          failure: 'refused',
          skipped: [],
        },
        {
          upstream: `127.0.0.1:${alive.port}`,
          status: 200,
          failure: null,
          skipped: [{ id: `127.0.0.1:${dead.port}`, state: 'ejected', reason: 'refused' }],
        },
      ],
    });
    expect(retried.tries[0]).not.toHaveProperty('selection');
    const plain = await ask({ ...proxy, headers: { 'X-Trace': '0' } });
    expect(await traceOf(proxy, plain)).toMatchObject({ status: 404, code: 'ADMIN_TRACE_UNKNOWN' });
    await askAdmin(proxy, {
      path: `/pools/static/upstreams/127.0.0.1:${alive.port}`,
      method: 'PATCH',
      body: '{"enabled":false}',
    });
    expect(await traceOf(proxy, await ask({ ...proxy }))).toMatchObject({
      kept: ['failed'],
      status: 503,
      code: 'PROXY_NO_UPSTREAM',
      tries: [],
      skipped: [{ state: 'ejected' }, { id: `127.0.0.1:${alive.port}`, state: 'disabled' }],
    });
    const listed = json(await askAdmin(proxy, { path: '/traces?limit=1' })) as unknown as readonly Trace[];
    expect(listed.map(({ status }) => status)).toEqual([503]);
    expect((await askAdmin(proxy, { path: '/traces?limit=0' })).status).toBe(400);
  });

  it('are not made for a client outside of traceFrom', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(upstream), trustedProxies: ['127.0.0.1'] });
    const answer = await ask({ ...proxy, headers: { 'X-Trace': '1', 'X-Forwarded-For': '192.0.2.1' } });
    expect(await traceOf(proxy, answer)).toMatchObject({ code: 'ADMIN_TRACE_UNKNOWN' });
  });

  it('have their times in Server-Timing when it is switched on', async () => {
    const [dead, alive] = [await refusingUpstream(), await runUpstream()];
    const proxy = await runProxy({ engine, serverTiming: true, route: routeTo(dead, alive) });
    const { headers } = await ask({ ...proxy });
    expect(headers['server-timing']).toMatch(/^proxy;dur=\d+\.\d, upstream;dur=\d+\.\d, tries;desc="2"$/);
    const silent = await runProxy({ engine, route: routeTo(alive) });
    expect((await ask({ ...silent })).headers['server-timing']).toBeUndefined();
  });
});

describe('a slow request', () => {
  it('leaves a trace', async () => {
    const upstream = await runUpstream((socket) => void socket.write(plainResponse('slow')));
    const proxy = await runProxy({ route: routeTo(upstream), traceSlowMs: 1 });
    // Repeated until one request takes a millisecond, which is soon: the first one opens a connection.
    await waitFor('a slow request', async () => {
      const trace = await traceOf(proxy, await ask({ ...proxy }));
      return trace.kept?.includes('slow') === true;
    });
  });
});
