import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findLimit } from '../src/find-limit.ts';
import type { LoadModel } from '../src/generator/thread-job.ts';
import type { LoadResult } from '../src/report/load-result.ts';
import { type LoadOptions, runLoad } from '../src/run-load.ts';

const servers = new Set<Server>();
const folders: string[] = [];
afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
  servers.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const serve = async (
  listener: RequestListener,
): Promise<{ readonly hostname: string; readonly port: number }> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.add(server);
  await once(server, 'listening');
  return { hostname: '127.0.0.1', port: (server.address() as AddressInfo).port };
};

const closed = (users: number): LoadModel => ({ kind: 'closed', users, spawnRate: 10_000 });
const open = (rate: number, connections = 32): LoadModel => ({ kind: 'open', rate, connections });

const run = (options: Pick<LoadOptions, 'target' | 'model'> & Partial<LoadOptions>): Promise<LoadResult> =>
  runLoad({
    scenario: { path: '/' },
    durationMs: 500,
    timeoutMs: 10_000,
    seed: 1,
    threads: 1,
    signal: new AbortController().signal,
    cpuSeconds: () => 0,
    ...options,
  });

/** Writes the module of a scenario and returns its URL. */
const scenarioOf = (text: string): { readonly module: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'tripod-load-'));
  folders.push(folder);
  const file = join(folder, 'scenario.ts');
  writeFileSync(file, text);
  return { module: pathToFileURL(file).href };
};

describe('a run of the load generator', () => {
  it('counts each request of the closed model that the server answered, over all threads', async () => {
    let answered = 0;
    const target = await serve((_request, response) => {
      answered += 1;
      response.end('hello');
    });
    const result = await run({ target, model: closed(8), threads: 2 });
    expect(result).toMatchObject({ requests: answered, failed: 0, failures: [] });
    expect(result.names).toMatchObject([{ method: 'GET', name: '/', requests: answered }]);
  });

  it('begins tasks of the open model at the rate, however slow the server is', async () => {
    const target = await serve((_request, response) => void setTimeout(() => response.end(), 100));
    const result = await run({ target, model: open(100, 64), durationMs: 1000 });
    expect(result.requests).toBeGreaterThanOrEqual(99);
    expect(result.requests).toBeLessThanOrEqual(101);
    expect(result.serviceTimeMs.p50).toBeGreaterThanOrEqual(99);
  });

  it('drops tasks for which no connection is free, and says that the times do not count', async () => {
    const held: (() => void)[] = [];
    const target = await serve((_request, response) => void held.push(() => response.end()));
    const result = await run({ target, model: open(100, 4) });
    expect(result.generator.late).toContain('no connection was free');
    expect(held).toHaveLength(4);
  });

  it('counts failures by kind: statuses, lost connections, time-outs', async () => {
    const target = await serve(({ url, socket }, response) => {
      if (url === '/missing') response.writeHead(404).end();
      else if (url === '/lost') socket.destroy();
      else if (url !== '/silent') response.end();
    });
    const kinds = async (path: string, timeoutMs = 30_000) => {
      const result = await run({ target, model: closed(1), scenario: { path }, timeoutMs });
      expect(result.failed).toBe(result.requests);
      return result.failures.map(({ kind }) => kind);
    };
    expect(await kinds('/missing')).toEqual(['status 404']);
    expect(await kinds('/lost')).toEqual(['connection closed without a response']);
    expect(await kinds('/silent', 50)).toContain('timed out');
  });

  it('keeps the cookies of each user, runs prepare and check of the scenario, and sums the tallies', async () => {
    let sessions = 0;
    let renewed = 0;
    const target = await serve(({ headers }, response) => {
      if (headers.cookie === undefined) {
        sessions += 1;
        response.setHeader('Set-Cookie', `sid=${sessions}; HttpOnly`);
      } else renewed += 1;
      response.end();
    });
    const scenario = scenarioOf(`export const scenario = {
      title: 'Visits',
      tasks: [{ name: 'visit', run: async (user) => { await user.ask({ path: '/' }); user.tally('visits'); } }],
      prepare: async () => 'prepared',
      check: async (user, { visits }, prepared) => [
        { name: 'tallied', holds: prepared === 'prepared', detail: String(visits) },
      ],
    };`);
    const { requests, checks } = await run({ target, model: closed(3), scenario });
    expect([sessions, sessions + renewed]).toEqual([3, requests]);
    expect(checks).toEqual([{ name: 'tallied', holds: true, detail: String(requests) }]);
  });

  it('ends early on a signal, with the figures so far', async () => {
    const ended = new AbortController();
    const target = await serve((_request, response) => {
      response.end();
      ended.abort();
    });
    const result = await run({ target, model: closed(1), durationMs: 60_000, signal: ended.signal });
    expect(result.requests).toBeGreaterThanOrEqual(1);
    expect(result.durationMs).toBeLessThan(60_000);
  });

  it('refuses a server that is not there, with one sentence', async () => {
    const target = await serve(() => undefined);
    for (const server of servers) server.close();
    await expect(run({ target, model: closed(1) })).rejects.toThrow(
      `nothing can be measured at http://127.0.0.1:${target.port}: connection failed: ECONNREFUSED. Is it running?`,
    );
  });
});

describe('findLimit', () => {
  const resultAt = (rate: number, limit: number): LoadResult => {
    const times = { p50: 1, p90: 1, p95: 1, p99: rate > limit ? 500 : 5, 'p99.9': 5, max: 500 };
    return {
      ...{ target: '', scenario: '', model: '', requests: rate, failed: 0, failures: [], durationMs: 1 },
      ...{ requestsPerSecond: rate, responseTimeMs: times, serviceTimeMs: times, names: [], checks: [] },
      sendLagMs: { ...times, p99: 0 },
      generator: { cpuSeconds: 0 },
    };
  };

  it.each([150, 1875, 43_000])('finds a limit of %d requests a second within 5 %', async (limit) => {
    const rates: number[] = [];
    const result = await findLimit({
      maxP99Ms: 100,
      isStopped: () => false,
      measure: async (rate) => resultAt(rate, limit),
      onStep: (rate) => void rates.push(rate),
    });
    expect(result?.knee?.rate).toBeLessThanOrEqual(limit);
    expect(result?.knee?.exceededAt).toBeGreaterThan(limit);
    expect((result?.knee?.exceededAt ?? 0) / (result?.knee?.rate ?? 1)).toBeLessThanOrEqual(1.05);
    expect(result?.knee?.limitedBy).toContain('the latency target');
  });

  it('finds nothing when the smallest rate is too much', async () => {
    const measure = async (rate: number) => resultAt(rate, 10);
    expect(
      await findLimit({ maxP99Ms: 100, isStopped: () => false, measure, onStep: () => undefined }),
    ).toBeUndefined();
  });
});
