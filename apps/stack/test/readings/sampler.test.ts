import { describe, expect, it } from '@jest/globals';
import { LatencyHistogram } from '@tripod/shared/metrics/latency-histogram';
import type { Reading } from '@tripod/stack-client/reading';
import { createFakeClock } from '@tripod/testing/fake-clock';
import type { UpstreamCounters } from '../../src/balancer/balancer.ts';
import { createLogTraffic } from '../../src/readings/log-traffic.ts';
import { createReadings } from '../../src/readings/readings.ts';
import { createSampler, type SamplerSources } from '../../src/readings/sampler.ts';

const upstream = (change: Partial<UpstreamCounters> = {}): UpstreamCounters => ({
  ...{ state: 'available', reason: undefined, inFlight: 0, failures: 0, retries: 0, ejections: 0 },
  answers: { '2xx': 0, '5xx': 0 },
  latency: new LatencyHistogram().total(),
  ...change,
});
const latencies = (...allMs: readonly number[]) => {
  const histogram = new LatencyHistogram();
  for (const ms of allMs) histogram.record(ms);
  return histogram.total();
};
const copy = (number: number) => ({
  ...{ name: `api-${number}`, service: 'api', state: 'ready', pid: number, port: 8080 + number },
});

const prepare = (change: Partial<SamplerSources> = {}) => {
  const clock = createFakeClock();
  const upstreams = new Map<number, UpstreamCounters>();
  const state = { policy: 'round-robin', cpuMs: 0, policies: [] as string[] };
  const sources: SamplerSources = {
    clock,
    processes: async () => [copy(1), copy(2)],
    usageOf: () => ({ cpuMs: state.cpuMs, memoryBytes: 1000 }),
    balancerName: 'proxy',
    readBalancer: async () => ({ policies: [state.policy], upstreams: new Map(upstreams) }),
    readLogs: () => new Map(),
    database: undefined,
    onPolicy: (policy) => void state.policies.push(policy),
    ...change,
  };
  return { clock, upstreams, state, sources, sampler: createSampler(sources) };
};

describe('a sample', () => {
  it('has rates and percentiles of the time since the sample before, and none for the first', async () => {
    const { clock, upstreams, state, sampler } = prepare();
    upstreams.set(8081, upstream({ answers: { '2xx': 1000 }, latency: latencies(500) }));
    upstreams.set(8082, upstream());
    const first = await sampler.sample(100);
    expect([first.processes[0]?.requestsPerSecond, first.proxy?.requestsPerSecond]).toEqual([
      undefined,
      undefined,
    ]);
    clock.advance(2000);
    state.cpuMs = 500;
    const slow = Array.from({ length: 10 }, () => 100);
    upstreams.set(
      8081,
      upstream({ answers: { '2xx': 1010, '5xx': 2 }, latency: latencies(500, 1), failures: 4 }),
    );
    upstreams.set(8082, upstream({ answers: { '2xx': 10 }, latency: latencies(...slow), retries: 6 }));
    const { processes, proxy } = await sampler.sample(100);
    expect(processes[0]).toMatchObject({
      requestsPerSecond: 6,
      byStatus: { '2xx': 5, '5xx': 1 },
      failuresPerSecond: 2,
      cpu: 0.25,
    });
    expect(processes[0]?.p50Ms).toBeCloseTo(1, 1);
    // The percentiles of all copies come from their histograms: an average would be about 50.
    expect(proxy?.p50Ms).toBeGreaterThan(90);
    expect(proxy).toMatchObject({ requestsPerSecond: 11, retries: 6, retriesPerSecond: 3 });
  });

  it('counts a new process from zero, also on the port of an old one', async () => {
    const { clock, upstreams, sampler } = prepare();
    upstreams.set(8081, upstream({ answers: { '2xx': 1000 } }));
    await sampler.sample(100);
    clock.advance(1000);
    upstreams.set(8081, upstream({ answers: { '2xx': 5 } }));
    upstreams.set(8082, upstream({ answers: { '2xx': 7 } }));
    const { processes } = await sampler.sample(100);
    expect(processes.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([5, 7]);
  });

  it('tells a changed policy once', async () => {
    const { state, sampler } = prepare();
    await sampler.sample(100);
    state.policy = 'least-requests';
    await sampler.sample(100);
    await sampler.sample(100);
    expect(state.policies).toEqual(['least-requests']);
  });

  it('leaves out what does not answer, and goes on', async () => {
    const { clock, sampler } = prepare({
      readBalancer: () => Promise.reject(new Error('away')),
      database: { read: () => Promise.reject(new Error('away')), close: () => Promise.resolve() },
    });
    await sampler.sample(100);
    clock.advance(1000);
    const { processes, proxy, database } = await sampler.sample(100);
    expect(processes.map(({ state, inFlight }) => [state, inFlight])).toEqual([
      ['ready', undefined],
      ['ready', undefined],
    ]);
    expect([proxy?.requestsPerSecond, database]).toEqual([undefined, undefined]);
  });

  it('takes its traffic from the logs of the copies when the load balancer does not tell', async () => {
    const logs = createLogTraffic();
    const { clock, sampler } = prepare({ readBalancer: undefined, readLogs: logs.read });
    await sampler.sample(100);
    clock.advance(1000);
    const request = { time: '2026-01-01T10:00:00.000Z', level: 'info', message: 'GET /', requestId: 'x' };
    for (const status of [200, 200, 500]) {
      logs.line('api-2', JSON.stringify({ ...request, name: 'api-2', status, durationMs: 4 }));
    }
    const { processes, proxy } = await sampler.sample(100);
    expect(processes[1]).toMatchObject({ requestsPerSecond: 3, byStatus: { '2xx': 2, '5xx': 1 } });
    expect(proxy).toMatchObject({ requestsPerSecond: 3, retries: undefined });
  });
});

describe('the readings of a stack', () => {
  const prepareReadings = () => {
    const { clock, sources } = prepare();
    let taken = 0;
    const opened = { count: 0, closed: 0 };
    const readings = createReadings({
      clock,
      openSources: () => {
        opened.count += 1;
        return {
          ...sources,
          processes: async () => {
            taken += 1;
            return [];
          },
          database: {
            read: () => Promise.reject(new Error('away')),
            close: async () => {
              opened.closed += 1;
            },
          },
        };
      },
      nameUpstream: (address) => (address === '127.0.0.1:8083' ? 'api-2' : address),
    });
    return { clock, readings, opened, taken: () => taken };
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are taken only while somebody watches', async () => {
    const { clock, readings, opened, taken } = prepareReadings();
    clock.advance(5000);
    expect([taken(), clock.waiting, opened.count]).toEqual([0, 0, 0]);
    const gone = new AbortController();
    const seen: Reading[] = [];
    const watched = readings.watch({
      intervalMs: 1000,
      send: (one) => void seen.push(one),
      gone: gone.signal,
    });
    await settled();
    clock.advance(1000);
    await settled();
    expect([seen.length, taken()]).toEqual([2, 2]);
    gone.abort();
    await watched;
    clock.advance(1000);
    await settled();
    clock.advance(10_000);
    await settled();
    expect([seen.length, taken(), clock.waiting, opened.closed]).toEqual([2, 2, 0, 1]);
  });

  it('tell an ejection once, although nginx reports it for each request in flight', async () => {
    const { clock, readings } = prepareReadings();
    const details: unknown[] = [];
    const send = (one: Reading) => void (one.type === 'event' && details.push([one.service, one.detail]));
    const watched = readings.watch({ intervalMs: 1000, send, gone: new AbortController().signal });
    await settled();
    const eject = (reason: string): void =>
      readings.line(
        'proxy',
        `[warn] upstream server temporarily disabled while ${reason}, client: x, upstream: "http://127.0.0.1:8083/"`,
      );
    for (const reason of ['connecting', 'reading']) eject(reason);
    clock.advance(1000);
    await settled();
    eject('sending');
    expect(details).toEqual([
      ['api-2', 'while connecting'],
      ['api-2', 'while sending'],
    ]);
    await readings.close();
    await watched;
  });

  it('give each watcher its samples and all events', async () => {
    const { clock, readings } = prepareReadings();
    const seen: string[] = [];
    const gone = new AbortController();
    const watch = (name: string, intervalMs: number) =>
      readings.watch({
        intervalMs,
        gone: gone.signal,
        send: ({ type }) => void seen.push(`${name} ${type}`),
      });
    const watched = [watch('fast', 1000), watch('slow', 3000)];
    await settled();
    for (let second = 0; second < 3; second += 1) {
      clock.advance(1000);
      await settled();
    }
    const line = JSON.stringify({
      ...{ time: '2026-01-01T10:00:00.000Z', level: 'info', name: 'proxy' },
      ...{ message: 'upstream server is back', upstream: '127.0.0.1:8083' },
    });
    readings.line('proxy', line);
    readings.line('api-1', line);
    expect(seen.filter((one) => one === 'fast sample')).toHaveLength(4);
    expect(seen.filter((one) => one === 'slow sample')).toHaveLength(2);
    expect(seen.filter((one) => one.endsWith('event'))).toEqual(['fast event', 'slow event']);
    await readings.close();
    await Promise.all(watched);
  });
});
