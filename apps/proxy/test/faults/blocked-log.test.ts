import { closeSync, openSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePorts } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { engineNames } from '../../src/engine-table.ts';
import { metricOf } from '../support/admin.ts';
import { ask } from '../support/ask.ts';
import { startClients } from '../support/clients.ts';
import { routeTo } from '../support/run-proxy.ts';
import { killProxies, type SpawnOptions, spawnProxy } from '../support/spawn-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { runUpstream } from '../support/upstreams.ts';

afterEach(killProxies);
afterEach(stopAll);

/** A line for each request holds its path: with these, a few hundred lines are more than may wait. */
const path = `/${'x'.repeat(8000)}`;
const tooMany = 700;

describe.each(engineNames)('a blocked log with the engine %s', (engine) => {
  const start = async (output: SpawnOptions['stdout']) => {
    const [port = 0, adminPort = 0] = await freePorts(2);
    const upstream = await runUpstream();
    const args = [`--port=${port}`, `--admin-port=${adminPort}`, '--health-path=off', '--drain-delay-ms=0'];
    const more = ['--connect-timeout-ms=30000', `--engine=${engine}`, `--route=${routeTo(upstream)[0]}`];
    const proxy = spawnProxy([...args, ...more], {
      stdout: output ?? 'unread',
    });
    await waitFor('the proxy to listen', () =>
      ask({ port }).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    return { proxy, port, adminPort };
  };
  const expectServed = async (port: number, count: number): Promise<number> => {
    const clients = startClients({ count: 8, question: () => ({ port, path }) });
    await waitFor('the requests', () => clients.requests >= count);
    const { requests, outcomes } = await clients.stop();
    expect(outcomes).toEqual({ '200': requests });
    return requests;
  };

  it('whose pipe is not read: fails no request, and the proxy stops as usual', async () => {
    const { proxy, port, adminPort } = await start('unread');
    await expectServed(port, tooMany);
    const dropped = await metricOf({ adminPort }, 'tripod_log_lines_dropped_total');
    expect(dropped).toBeGreaterThan(0);
    const more = await expectServed(port, 50);
    expect(await metricOf({ adminPort }, 'tripod_log_lines_dropped_total')).toBe(dropped + more);
    proxy.child.kill('SIGTERM');
    await waitFor('the process to end', () => proxy.child.exitCode !== null);
    expect(proxy.child.exitCode).toBe(0);
    expect(proxy.stderr()).toBe('');
  });

  it('whose reader has exited: fails no request', async () => {
    const { proxy, port } = await start('unread');
    proxy.child.stdout?.destroy();
    await expectServed(port, 50);
    expect(proxy.stderr()).toBe('');
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('because the disk is full: costs no request (only Linux has /dev/full)', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const { proxy, port } = await start(full);
      await expectServed(port, 50);
      expect(proxy.stderr()).toBe('');
    } finally {
      closeSync(full);
    }
  });
});
