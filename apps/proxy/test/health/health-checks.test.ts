import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@tripod/shared/async/clock';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { createHealthChecks } from '../../src/health/health-checks.ts';
import { collectLog } from '../support/collect-log.ts';
import { makeUpstream, poolOf } from '../support/make-pool.ts';
import { runUpstream, stopUpstreams } from '../support/upstreams.ts';

afterEach(stopUpstreams);

const options = {
  onDead: () => undefined,
  path: '/readyz',
  statuses: ['200-399'],
  intervalMs: 50,
  timeoutMs: 1000,
  fall: 1,
  rise: 1,
  clock: systemClock,
  logger: collectLog(),
};

describe('createHealthChecks', () => {
  it('checks all upstreams, including those that join, until they leave', async () => {
    const servers = [await runUpstream(), await runUpstream()];
    const [first, second] = servers.map(({ port }) => makeUpstream(port, { healthy: false }));
    if (!first || !second) throw new Error('two upstreams');
    const pool = poolOf([first]);
    const checks = createHealthChecks([pool], options);
    checks.start();
    try {
      await waitFor('the first to pass', () => first.healthy);
      pool.add(second);
      await waitFor('the one that joined to pass', () => second.healthy);
      pool.remove(second);
      servers[1]?.setScript((socket) => void socket.write(plainResponse('', '503 No')));
      const asked = servers[1]?.requests.length ?? 0;
      const before = servers[0]?.requests.length ?? 0;
      await waitFor('more checks of the first', () => (servers[0]?.requests.length ?? 0) > before + 3);
      // One check may have been under way.
      expect(servers[1]?.requests.length).toBeLessThanOrEqual(asked + 1);
      expect(second.healthy).toBe(true);
    } finally {
      checks.stop();
    }
  });

  it('checks no upstream when the path is off', () => {
    const clock = createFakeClock();
    const pool = poolOf([makeUpstream(1)]);
    createHealthChecks([pool], { ...options, path: 'off', clock }).start();
    pool.add(makeUpstream(2));
    expect(clock.waiting).toBe(0);
  });

  it('leaves no timer when it is stopped', async () => {
    const { port } = await runUpstream();
    const clock = createFakeClock();
    const upstream = makeUpstream(port, { healthy: false });
    const checks = createHealthChecks([poolOf([upstream])], { ...options, clock });
    checks.start();
    await waitFor('the first check', () => upstream.healthy && clock.waiting === 1);
    checks.stop();
    expect(clock.waiting).toBe(0);
  });
});
