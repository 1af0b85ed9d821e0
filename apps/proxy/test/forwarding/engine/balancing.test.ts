import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { freePort } from '@tripod/testing/free-port';
import { plainResponse, startScriptedUpstream } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import type { ProxySettings } from '../../../src/config.ts';
import { engineNames } from '../../../src/engine-table.ts';
import { ask } from '../../support/ask.ts';
import { type RunOptions, routeTo, runProxy } from '../../support/run-proxy.ts';
import { stopAll } from '../../support/stop-all.ts';
import { refusingUpstream, runUpstream } from '../../support/upstreams.ts';

afterEach(stopAll);

const disabled = 'upstream server temporarily disabled';

describe.each(engineNames)('balancing with the engine %s', (engine) => {
  const over = (upstreams: readonly { readonly url: string }[], settings: RunOptions = {}) =>
    runProxy({ engine, route: routeTo(...upstreams), ...settings });

  const askMany = async (port: number, count: number): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (let request = 0; request < count; request += 1) statuses.push((await ask({ port })).status);
    return statuses;
  };

  it('sends 100 of 300 requests to each of 3 upstreams', async () => {
    const upstreams = [await runUpstream(), await runUpstream(), await runUpstream()];
    const { port } = await over(upstreams);
    await Promise.all(Array.from({ length: 10 }, () => askMany(port, 30)));
    expect(upstreams.map(({ requests }) => requests.length)).toEqual([100, 100, 100]);
  });

  it('ejects an upstream after one refused request, and logs it', async () => {
    const good = await runUpstream();
    const { port, log } = await over([await refusingUpstream(), good], { maxFails: 1 });
    expect(new Set(await askMany(port, 20))).toEqual(new Set([200]));
    expect(log.count(disabled)).toBe(1);
    expect(log.requests.filter(({ tries }) => tries === 2)).toHaveLength(1);
  });

  it('tries an ejected upstream again after the window', async () => {
    const broken = await runUpstream((socket) => void socket.resetAndDestroy());
    const clock = createFakeClock();
    const limits = { maxFails: 1, failWindowMs: 200 };
    const { port, log } = await over([broken, await runUpstream()], { ...limits, clock });
    await askMany(port, 4);
    expect(broken.requests).toHaveLength(1);
    broken.setScript((socket) => void socket.write(plainResponse('back')));
    clock.advance(200);
    expect(log.count('upstream server is tried again')).toBe(1);
    await askMany(port, 4);
    expect(broken.requests.length).toBeGreaterThanOrEqual(2);
  });

  it('never ejects the last available upstream, however it fails', async () => {
    const upstreams = [await runUpstream((socket) => void socket.end()), await runUpstream()];
    upstreams[1]?.setScript((socket) => void socket.resetAndDestroy());
    const { port, log } = await over(upstreams, { maxFails: 1 });
    expect(new Set(await askMany(port, 10))).toEqual(new Set([502]));
    expect(log.count(disabled)).toBe(1);
    const counts = upstreams.map(({ requests }) => requests.length).sort((a, b) => a - b);
    expect(counts).toEqual([1, 10]);
  });

  it('does not eject an upstream for an error status', async () => {
    const upstreams = [
      await runUpstream((socket) => void socket.write(plainResponse('oh', '500 Oh'))),
      await runUpstream(),
    ];
    const { port, log } = await over(upstreams, { maxFails: 1 });
    expect((await askMany(port, 10)).filter((status) => status === 500)).toHaveLength(5);
    expect(log.count(disabled)).toBe(0);
  });

  describe('with active checks', () => {
    const checked: Partial<ProxySettings> = {
      healthPath: '/readyz',
      healthIntervalMs: 50,
      fall: 2,
      rise: 1,
      maxFails: 1,
    };

    it('sends no requests to an upstream while it reports not ready', async () => {
      const ready = { status: '503 Not Yet' };
      const moody = await runUpstream((socket, { target }) => {
        socket.write(plainResponse('', target === '/readyz' ? ready.status : '200 OK'));
      });
      const { port, log } = await over([moody, await runUpstream()], checked);
      await waitFor('the upstream to be unhealthy', () => log.count('upstream server is unhealthy') === 1);
      const requests = (): number => moody.requests.filter(({ target }) => target === '/').length;
      const before = requests();
      await askMany(port, 10);
      expect(requests()).toBe(before);
      ready.status = '200 OK';
      await waitFor('the upstream to be available again', () => log.count('upstream server is back') === 1);
      await askMany(port, 10);
      expect(requests()).toBe(before + 5);
    });

    it('uses a restarted upstream again without a failed request', async () => {
      const mortal = await runUpstream(undefined, await freePort());
      const { port, log } = await over([mortal, await runUpstream()], checked);
      await askMany(port, 4);
      await mortal.stop();
      expect(new Set(await askMany(port, 20))).toEqual(new Set([200]));
      await waitFor('the upstream to be unhealthy', () => log.count('upstream server is unhealthy') === 1);
      const born = await startScriptedUpstream(
        (socket) => void socket.write(plainResponse('again')),
        mortal.port,
      );
      try {
        await waitFor('the upstream to be available again', () =>
          log.events.some(
            ({ message, fields }) =>
              message === 'upstream server is back' && fields['upstream'] === `127.0.0.1:${born.port}`,
          ),
        );
        expect(new Set(await askMany(port, 10))).toEqual(new Set([200]));
        expect(born.requests.filter(({ target }) => target === '/').length).toBe(5);
      } finally {
        await born.stop();
      }
    });

    it('checks an upstream without a health path by connecting, and logs it once', async () => {
      const upstream = await runUpstream((socket, { target }) => {
        socket.write(plainResponse('', target === '/readyz' ? '404 Not Found' : '200 OK'));
      });
      const { port, log } = await over([upstream], checked);
      await waitFor('several checks', () => upstream.received.length > 5);
      expect(log.count('upstream has no health path: checked by connecting')).toBe(1);
      expect((await ask({ port })).status).toBe(200);
    });

    it('answers 503 while all are unhealthy, without contacting any', async () => {
      const upstream = await runUpstream((socket) => void socket.write(plainResponse('', '503 No')));
      const { port, log } = await over([upstream], checked);
      await waitFor('the upstream to be unhealthy', () => log.count('upstream server is unhealthy') === 1);
      const answer = await ask({ port });
      expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
      expect(upstream.requests.filter(({ target }) => target === '/')).toEqual([]);
    });
  });
});
