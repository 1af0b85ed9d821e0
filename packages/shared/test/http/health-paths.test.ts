import { afterEach, describe, expect, it } from '@jest/globals';
import { createHealthPaths } from '@tripod/shared/http/health-paths';
import { createReadiness } from '@tripod/shared/http/readiness';
import { createMetrics, type Metrics } from '@tripod/shared/metrics/metrics';
import { serve } from '../support/serve.ts';

let running: Awaited<ReturnType<typeof serve>> | undefined;
afterEach(async () => {
  await running?.cut();
  running = undefined;
});

const start = async (metrics?: Metrics) => {
  const readiness = createReadiness();
  const paths = createHealthPaths({ readiness, metrics });
  running = await serve((request, response) => {
    const handler = paths.get(request.url ?? '');
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
  const { url } = running;
  return { readiness, get: (path: string, method = 'GET') => fetch(`${url}${path}`, { method }) };
};

describe('createHealthPaths', () => {
  it('/livez answers 200 even while the process is not ready', async () => {
    const { readiness, get } = await start();
    readiness.startDraining();
    const response = await get('/livez');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ status: 'live' });
  });

  it('/readyz answers 503 with the reasons, and 200 when there are none', async () => {
    const { readiness, get } = await start();
    let reason: string | undefined = 'does not answer';
    readiness.require('database', () => reason);
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: 'not ready', reasons: { database: 'does not answer' } });
    reason = undefined;
    const later = await get('/readyz');
    expect(later.status).toBe(200);
    expect(await later.json()).toEqual({ status: 'ready' });
  });

  it('/healthz answers the status of /readyz in one word', async () => {
    const { readiness, get } = await start();
    const ready = await get('/healthz');
    expect([ready.status, await ready.text()]).toEqual([200, 'ok']);
    readiness.startDraining();
    const draining = await get('/healthz');
    expect([draining.status, await draining.text()]).toEqual([503, 'not ready']);
    expect(await (await get('/healthz', 'HEAD')).text()).toBe('');
  });

  it('/readyz includes the notes, ready or not', async () => {
    const { readiness, get } = await start();
    let note: string | undefined = 'are refused';
    readiness.note('writes', () => note);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', notes: { writes: 'are refused' } },
    ]);
    readiness.startDraining();
    expect(await (await get('/readyz')).json()).toMatchObject({ notes: { writes: 'are refused' } });
    note = undefined;
    expect(await (await get('/readyz')).json()).not.toHaveProperty('notes');
  });

  it('/metrics renders the metrics', async () => {
    const metrics = createMetrics();
    metrics.gauge('things', 'Things.', () => [{ value: 3 }]);
    const { get } = await start(metrics);
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe(metrics.contentType);
    expect(await response.text()).toContain('things 3');
  });

  it('/metrics has no handler when metrics are switched off', async () => {
    const { get } = await start();
    expect((await get('/metrics')).status).toBe(404);
  });

  it('/metrics answers 500 when a metric fails, and the process survives', async () => {
    const metrics = createMetrics();
    metrics.gauge('broken', 'Broken.', () => {
      throw new Error('the inside');
    });
    const { get } = await start(metrics);
    const response = await get('/metrics');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('the inside');
    expect((await get('/livez')).status).toBe(200);
  });

  it.each(['/livez', '/readyz', '/metrics'])('%s answers HEAD without a body', async (path) => {
    const { get } = await start(createMetrics());
    const response = await get(path, 'HEAD');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });
});
