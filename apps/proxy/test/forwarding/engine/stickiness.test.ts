import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { engineNames } from '../../../src/engine-table.ts';
import { reportOf } from '../../support/admin.ts';
import { type Answer, ask } from '../../support/ask.ts';
import { runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const cookieOf = ({ headers }: Answer): string | undefined => headers['set-cookie']?.[0];

describe.each(engineNames)('stickiness and outliers with the engine %s', (engine) => {
  it('keep a client at its upstream by a cookie, and move it with a new cookie when the upstream is gone', async () => {
    const names = ['one', 'two', 'three'];
    const upstreams = await Promise.all(
      names.map((name) => runUpstream((socket) => void socket.write(plainResponse(name)))),
    );
    const urls = upstreams.map(({ url }) => url);
    const proxy = await runProxy({
      engine,
      routes: [{ prefix: '/', upstreams: urls, sticky: { cookie: 'lb' } }],
      trustedProxies: ['127.0.0.1'],
    });
    const get = (cookie?: string, more = {}) =>
      ask({ ...proxy, headers: { ...(cookie === undefined ? {} : { Cookie: cookie }), ...more } });
    const first = await get();
    expect(cookieOf(first)).toMatch(/^lb=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
    const [pair = ''] = (cookieOf(first) ?? '').split(';');
    for (let round = 0; round < 4; round += 1) {
      const again = await get(`other=1; ${pair}`);
      expect([again.text, cookieOf(again)]).toEqual([first.text, undefined]);
    }
    await upstreams[names.indexOf(first.text)]?.stop();
    const moved = await get(pair);
    expect(moved.status).toBe(200);
    expect(moved.text).not.toBe(first.text);
    const forged = await get('lb=forged', { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.1' });
    expect(cookieOf(forged)).toMatch(/^lb=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  });

  it('eject an upstream for the statuses of failStatuses, but never the last one', async () => {
    const failing = await runUpstream((socket) => void socket.write(plainResponse('no', '503 Busy')));
    const other = await runUpstream((socket) => void socket.write(plainResponse('no', '500 Bug')));
    const proxy = await runProxy({
      engine,
      maxFails: 2,
      routes: [{ prefix: '/', upstreams: [failing.url, other.url], failStatuses: [500, 503] }],
    });
    for (let round = 0; round < 20; round += 1) await ask({ ...proxy });
    const reports = await Promise.all([reportOf(proxy, failing), reportOf(proxy, other)]);
    expect(reports.map(({ state }) => state).sort()).toEqual(['available', 'ejected']);
    expect(reports.flatMap(({ ejectionsByReason }) => Object.values(ejectionsByReason))).toEqual([1]);
    expect(Math.min(failing.requests.length, other.requests.length)).toBe(2);
  });

  it('count no status as a failure by default', async () => {
    const failing = await runUpstream((socket) => void socket.write(plainResponse('no', '503 Busy')));
    const fine = await runUpstream();
    const proxy = await runProxy({
      engine,
      maxFails: 1,
      routes: [{ prefix: '/', upstreams: [failing.url, fine.url] }],
    });
    for (let round = 0; round < 4; round += 1) await ask({ ...proxy });
    expect((await reportOf(proxy, failing)).state).toBe('available');
    expect(failing.requests).toHaveLength(2);
  });
});
