import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { plainResponse } from '@tripod/testing/scripted-upstream';
import { waitFor } from '@tripod/testing/wait-for';
import { parseMetrics } from '../../../../packages/shared/test/support/parse-metrics.ts';
import { engineNames } from '../../src/engine-table.ts';
import { ask, json } from '../support/ask.ts';
import { type RunningProxy, routeTo, runProxy } from '../support/run-proxy.ts';
import { stopAll } from '../support/stop-all.ts';
import { refusingUpstream, runUpstream } from '../support/upstreams.ts';

afterEach(stopAll);

const admin = ({ adminPort: port }: RunningProxy, path: string, method = 'GET') =>
  ask({ port, path, method, headers: { Host: 'localhost' } });

const poolOf = async (proxy: RunningProxy) =>
  json(await admin(proxy, '/pools/static')) as {
    upstreams: { id: string; latencyMs: Record<string, Record<string, number | null>> }[];
    totals: Record<string, unknown>;
  };

/** A sample of /metrics by its name and some of its labels. */
const metricsOf = async (proxy: RunningProxy) => {
  const { samples, types } = parseMetrics((await admin(proxy, '/metrics')).text);
  const value = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined =>
    samples.find(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
    )?.value;
  return { value, types };
};

describe('the counters of an upstream', () => {
  it('are reported by the admin side, with quantiles, and summed for the pool', async () => {
    const [first, second] = [await runUpstream(), await runUpstream()];
    second.setScript((socket) => void socket.write(plainResponse('no', '404 Not Found')));
    const proxy = await runProxy({ route: routeTo(first, second), engine: 'http-proxy' });
    for (let request = 0; request < 8; request += 1) await ask(proxy);
    const { upstreams, totals } = await poolOf(proxy);
    expect(upstreams).toMatchObject([
      { requests: 4, connects: 1, reuses: 3, inFlight: 0, answers: { '2xx': 4, '4xx': 0 } },
      { requests: 4, connects: 1, reuses: 3, inFlight: 0, answers: { '2xx': 0, '4xx': 4 } },
    ]);
    expect(totals).toMatchObject({ requests: 8, connects: 2, reuses: 6, answers: { '2xx': 4, '4xx': 4 } });
    for (const { latencyMs } of upstreams) {
      for (const { p50, p90, p99 } of Object.values(latencyMs)) {
        expect(p50).toBeGreaterThan(0);
        expect(p90).toBeGreaterThanOrEqual(p50 ?? Infinity);
        expect(p99).toBeGreaterThanOrEqual(p90 ?? Infinity);
      }
    }
  });

  it('have the buckets of their latencies when a reader asks for them', async () => {
    const proxy = await runProxy({ route: routeTo(await runUpstream()) });
    for (let request = 0; request < 3; request += 1) await ask(proxy);
    type Reported = { readonly upstreams: { readonly latencyBuckets?: [number, number][] }[] }[];
    const read = async (path: string) => JSON.parse((await admin(proxy, path)).text) as Reported;
    const [plain] = await read('/pools');
    const [pool] = await read('/pools?latency=buckets');
    expect(plain?.upstreams[0]?.latencyBuckets).toBeUndefined();
    const counts = (pool?.upstreams[0]?.latencyBuckets ?? []).map(([, count]) => count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('have no quantiles before the first complete answer', async () => {
    const upstream = await runUpstream((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    });
    const proxy = await runProxy({ route: routeTo(upstream) });
    await expect(ask(proxy)).rejects.toThrow();
    const none = { p50: null, p90: null, p99: null };
    expect((await poolOf(proxy)).totals).toMatchObject({
      requests: 1,
      latencyMs: { last10s: none, sinceStart: none },
    });
  });

  it('include ejections by reason', async () => {
    const [good, gone] = [await runUpstream(), await refusingUpstream()];
    const proxy = await runProxy({ route: routeTo(good, gone), maxFails: 1 });
    for (let request = 0; request < 4; request += 1) expect((await ask(proxy)).status).toBe(200);
    const { totals } = await poolOf(proxy);
    expect(totals).toMatchObject({
      ejections: 1,
      ejectionsByReason: { refused: 1 },
      retries: 1,
      failures: 1,
    });
    const { value } = await metricsOf(proxy);
    expect(value('tripod_upstream_ejections_total', { reason: 'refused' })).toBe(1);
  });

  it('are in the metrics, as counters and a histogram', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ route: routeTo(upstream) });
    for (let request = 0; request < 5; request += 1) await ask(proxy);
    const { value, types } = await metricsOf(proxy);
    const labels = { pool: 'static', upstream: `127.0.0.1:${upstream.port}` };
    const name = 'tripod_upstream_response_duration_seconds';
    expect(types).toMatchObject({ [name]: 'histogram', tripod_upstream_connections_total: 'counter' });
    expect(value(`${name}_count`, labels)).toBe(5);
    expect(value(`${name}_bucket`, { ...labels, le: '+Inf' })).toBe(5);
    expect(value(`${name}_bucket`, { ...labels, le: '33.554432' })).toBe(5);
    expect(value(`${name}_sum`, labels)).toBeGreaterThan(0);
    expect(value('tripod_upstream_connections_total', { ...labels, connection: 'new' })).toBe(1);
    expect(value('tripod_upstream_connections_total', { ...labels, connection: 'reused' })).toBe(4);
  });
});

describe.each(engineNames)('bytes counted by the engine %s', (engine) => {
  it('have no histogram before the first request, so that unused upstreams cost little', async () => {
    const proxy = await runProxy({ route: routeTo(await runUpstream()) });
    const histogram = 'tripod_upstream_response_duration_seconds_count';
    expect((await metricsOf(proxy)).value(histogram)).toBeUndefined();
    expect((await metricsOf(proxy)).value('tripod_upstream_attempts_total')).toBe(0);
    await ask(proxy);
    expect((await metricsOf(proxy)).value(histogram)).toBe(1);
  });

  it('are all bytes of the upstream connection, on a new one and on a reused one', async () => {
    const answer = plainResponse('x'.repeat(100_000));
    const upstream = await runUpstream((socket) => void socket.write(answer));
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxBodyBytes: 1e6 });
    for (const body of ['a'.repeat(70_000), undefined, ['b', 'cc', 'ddd']]) {
      await ask({ ...proxy, method: 'POST', ...(body === undefined ? {} : { body }) });
    }
    expect(upstream.received).toHaveLength(1);
    const { totals } = await poolOf(proxy);
    expect(totals).toMatchObject({
      requests: 3,
      bytesSent: upstream.received.join('').length,
      bytesReceived: 3 * answer.length,
    });
    const { value } = await metricsOf(proxy);
    expect(value('tripod_upstream_sent_bytes_total')).toBe(totals['bytesSent']);
    expect(value('tripod_upstream_received_bytes_total')).toBe(totals['bytesReceived']);
  });

  it('include those of a failed attempt', async () => {
    const half = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf';
    const upstream = await runUpstream((socket) => void socket.end(half));
    const proxy = await runProxy({ engine, route: routeTo(upstream) });
    await expect(ask(proxy)).rejects.toThrow();
    const sent = upstream.received.join('').length;
    await waitFor('the end of the attempt', async () => (await poolOf(proxy)).totals['inFlight'] === 0);
    expect((await poolOf(proxy)).totals).toMatchObject({ bytesSent: sent, bytesReceived: half.length });
  });
});

describe.each(engineNames)('the counters of the proxy with the engine %s', (engine) => {
  it('are in the metrics: connections, retries, reloads, log lines', async () => {
    const upstream = await runUpstream();
    const proxy = await runProxy({ engine, route: routeTo(upstream), maxConnections: 1 });
    const held = connect(proxy.port, '127.0.0.1');
    held.on('error', () => undefined);
    try {
      await waitFor('the connection to be counted', async () => {
        return (await metricsOf(proxy)).value('tripod_connections_open') === 1;
      });
      expect((await ask(proxy)).status).toBe(503);
      await admin(proxy, '/config/reload', 'POST');
      const { value, types } = await metricsOf(proxy);
      expect(value('tripod_connections_refused_total')).toBe(1);
      expect(value('tripod_config_reloads_total', { outcome: 'ok' })).toBe(1);
      expect(value('tripod_config_reloads_total', { outcome: 'failed' })).toBe(0);
      expect(value('tripod_log_lines_dropped_total')).toBe(0);
      expect(types).toMatchObject({
        tripod_connections_open: 'gauge',
        tripod_connections_refused_total: 'counter',
        tripod_retry_budget_total: 'counter',
      });
    } finally {
      held.destroy();
    }
    await waitFor('the connection to be gone', async () => {
      return (await metricsOf(proxy)).value('tripod_connections_open') === 0;
    });
  });

  it('include the retries that the budget allowed', async () => {
    const good = await runUpstream();
    const broken = await runUpstream((socket) => void socket.resetAndDestroy());
    const proxy = await runProxy({ engine, route: routeTo(broken, good) });
    for (let request = 0; request < 4; request += 1) expect((await ask(proxy)).status).toBe(200);
    expect((await metricsOf(proxy)).value('tripod_retry_budget_total', { outcome: 'spent' })).toBe(2);
  });
});
