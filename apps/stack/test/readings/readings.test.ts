import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Reading, StackEvent, StackSample } from '@tripod/stack-client/reading';
import { watchStack } from '@tripod/stack-client/watch-stack';
import { freePorts } from '@tripod/testing/free-port';
import { waitFor } from '@tripod/testing/wait-for';
import { proxy } from '../../src/services/proxy.ts';
import { prepareFixtureStack } from '../support/fixture-stack.ts';
import { type StackUnderTest, startUnderTest } from '../support/run-fixture-stack.ts';
import { createSiteService } from '../support/site-service.ts';

let folder: string;
let stack: StackUnderTest;
let url: string;
const readings: Reading[] = [];
let watching: Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-stack-'));
  const [sitePort = 0] = await freePorts(6);
  const fixture = await prepareFixtureStack(
    folder,
    { services: ['site', 'proxy'], sitePort, sites: 2 } as never,
    [createSiteService(folder), proxy],
  );
  stack = await startUnderTest(fixture);
  url = `http://127.0.0.1:${fixture.config.port}/`;
  watching = watchStack({
    socketPath: stack.socketPath,
    startCommand: '',
    intervalMs: 200,
    onReading: (reading) => void readings.push(reading),
  });
});
afterAll(async () => {
  await stack?.running.stop();
  rmSync(folder, { recursive: true, force: true });
});

const samples = (): readonly StackSample[] => readings.filter((one) => one.type === 'sample');
const events = (service: string): readonly StackEvent[] =>
  readings.filter((one) => one.type === 'event').filter((one) => one.service === service);
const processIn = (sample: StackSample | undefined, name: string) =>
  sample?.processes.find((process) => process.name === name);
/** Waits for a sample that was taken from now on. */
const nextSample = (what: string, isMet: (sample: StackSample) => boolean): Promise<StackSample> => {
  const from = readings.length;
  return waitFor(
    what,
    () => readings.slice(from).find((one) => one.type === 'sample' && isMet(one)) as StackSample,
  );
};
const request = async (): Promise<void> => void (await (await fetch(url)).text());

describe('a sample of a stack', () => {
  it('has the figures of every process and of the load balancer', async () => {
    const sample = await waitFor('a sample with the traffic of both copies', async () => {
      for (let sent = 0; sent < 10; sent += 1) await request();
      return samples().find((one) =>
        ['site-1', 'site-2'].every((name) => (processIn(one, name)?.requestsPerSecond ?? 0) > 0),
      );
    });
    expect(sample.processes.map(({ name, service, state }) => `${name} ${service} ${state}`)).toEqual([
      'site-1 site ready',
      'site-2 site ready',
      'proxy proxy ready',
    ]);
    for (const name of ['site-1', 'site-2']) {
      expect(processIn(sample, name)).toMatchObject({
        byStatus: { '2xx': expect.any(Number) },
        p50Ms: expect.any(Number),
        p90Ms: expect.any(Number),
        p99Ms: expect.any(Number),
        inFlight: expect.any(Number),
        ejections: expect.any(Number),
        failuresPerSecond: expect.any(Number),
        upstreamState: 'available',
      });
    }
    expect(sample.proxy).toMatchObject({
      ...{ name: 'proxy', policy: 'round-robin' },
      ...{ retries: expect.any(Number), ejections: expect.any(Number) },
    });
    const [one, two] = sample.processes.map(({ requestsPerSecond = 0 }) => requestsPerSecond);
    expect(sample.proxy?.requestsPerSecond).toBeCloseTo((one ?? 0) + (two ?? 0), 1);
  });

  (process.platform === 'linux' ? it : it.skip)(
    'has memory and CPU by /proc (skipped elsewhere)',
    async () => {
      const sample = await nextSample('CPU', (one) => processIn(one, 'site-1')?.cpu !== undefined);
      expect(processIn(sample, 'site-1')?.memoryBytes).toBeGreaterThan(1_000_000);
      expect(processIn(sample, 'site-1')?.cpu).toBeGreaterThanOrEqual(0);
    },
  );

  it('has the delay of an event loop, which a blocked one shows', async () => {
    await nextSample('the delay', (one) => typeof processIn(one, 'site-1')?.loopDelayMs === 'number');
    // The blocked process answers late. A sample that did not wait for the answer does not have the delay.
    await waitFor('the delay of a block', async () => {
      await stack.ask({ command: 'block', name: 'site-1', ms: 400 });
      return samples().some((one) => (processIn(one, 'site-1')?.loopDelayMs ?? 0) > 200);
    });
  });

  it('shows a paused process, which is silent, and what the load balancer makes of it', async () => {
    const from = readings.length;
    await stack.ask({ command: 'pause', name: 'site-2' });
    const sample = await nextSample('the pause', (one) => processIn(one, 'site-2')?.state === 'paused');
    expect(processIn(sample, 'site-2')).toMatchObject({ fault: 'paused', loopDelayMs: null });
    const since = (kind: string) =>
      waitFor(kind, () =>
        readings
          .slice(from)
          .find((one) => one.type === 'event' && one.service === 'site-2' && one.kind === kind),
      );
    expect(await since('fault armed')).toMatchObject({ detail: 'paused' });
    expect(await since('ejected')).toMatchObject({ detail: expect.any(String) });
    await stack.ask({ command: 'resume', name: 'site-2' });
    await since('back');
    expect(await since('fault healed')).toMatchObject({ detail: 'paused' });
  });
});

describe('the events of a stack', () => {
  it('tell a kill and the start of the next process', async () => {
    const from = readings.length;
    await stack.ask({ command: 'kill', name: 'site-1' });
    await waitFor('the events', () => events('site-1').some(({ kind }) => kind === 'ready'));
    const kinds = readings
      .slice(from)
      .flatMap((one) => (one.type === 'event' && one.service === 'site-1' ? [one.kind] : []))
      .filter((kind) => kind !== 'ejected' && kind !== 'back');
    expect(kinds).toEqual(['killed', 'exited', 'started', 'ready']);
  });

  it('tell that a service was scaled', async () => {
    await stack.ask({ command: 'scale', name: 'site', count: 3 });
    await stack.ask({ command: 'scale', name: 'site', count: 2 });
    await waitFor('both events', () => events('site').length === 2);
    expect(events('site').map(({ kind, detail }) => [kind, detail])).toEqual([
      ['scaled', '2 to 3'],
      ['scaled', '3 to 2'],
    ]);
    expect(events('site-3').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['started', 'ready', 'stopped']),
    );
  });

  it('end for those who watch when the stack stops', async () => {
    await stack.running.stop();
    await watching;
    expect(events('site-1').at(-1)?.kind).toBe('stopped');
  });
});

describe('a request to watch', () => {
  it('is refused with one sentence for an interval out of range', async () => {
    const other = mkdtempSync(join(tmpdir(), 'tripod-stack-'));
    const second = await startUnderTest(await prepareFixtureStack(other, { services: [] }));
    await expect(second.ask({ command: 'watch', intervalMs: 5 })).rejects.toThrow(
      'watch: --interval-ms must be a whole number from 100 to 60000, and is 5',
    );
    await second.running.stop();
    rmSync(other, { recursive: true, force: true });
  });
});
