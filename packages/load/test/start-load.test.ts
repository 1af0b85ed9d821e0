import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@tripod/testing/wait-for';
import { findLimit } from '../src/find-limit.ts';
import type { LoadModel } from '../src/generator/thread-job.ts';
import type { LoadResult } from '../src/report/load-result.ts';
import { type LoadOptions, runLoad, startLoad } from '../src/start-load.ts';

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

const optionsOf = (options: Pick<LoadOptions, 'target' | 'model'> & Partial<LoadOptions>): LoadOptions => ({
  scenario: { path: '/' },
  durationMs: 500,
  timeoutMs: 10_000,
  seed: 1,
  threads: 1,
  signal: new AbortController().signal,
  cpuSeconds: () => 0,
  ...options,
});

const run = (options: Parameters<typeof optionsOf>[0]): Promise<LoadResult> => runLoad(optionsOf(options));

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

describe('a load that is changed while it runs', () => {
  it('goes on with more users, and then with fewer, which end after their current request', async () => {
    const held: (() => void)[] = [];
    const target = await serve((_request, response) => void held.push(() => response.end('hello')));
    const load = await startLoad(
      optionsOf({ target, model: closed(2), durationMs: 600_000, timeoutMs: 600_000, threads: 2 }),
    );
    await waitFor('the requests of 2 users', () => held.length === 2);
    load.change(closed(5));
    await waitFor('the requests of 5 users', () => held.length === 5);
    load.change(closed(1));
    // A round trip to each thread: the change has arrived.
    await load.current();
    for (const end of held.splice(0)) end();
    for (let round = 0; round < 3; round += 1) {
      await waitFor('the request of the user that is left', () => held.length > 0);
      expect(held).toHaveLength(1);
      for (const end of held.splice(0)) end();
    }
    const current = await load.current();
    expect(current.names).toMatchObject([{ method: 'GET', name: '/', averageBytes: 5 }]);
    load.stop();
    await waitFor('the last request', () => held.length === 1);
    for (const end of held) end();
    const { changes, failed, requests } = await load.result;
    expect(changes.map((change) => change.load)).toEqual([
      '5 users, 10000 spawned a second',
      '1 users, 10000 spawned a second',
    ]);
    expect({ failed, requests }).toEqual({ failed: 0, requests: 5 + 3 + 1 });
  });

  it('goes on with another rate and more connections', async () => {
    let held = 0;
    const target = await serve(() => {
      held += 1;
    });
    const load = await startLoad(optionsOf({ target, model: open(1, 1), durationMs: 600_000 }));
    load.change(open(1000, 64));
    await waitFor('one request on each of 64 connections', () => held >= 64);
    expect(() => load.change(closed(1))).toThrow(RangeError);
    load.stop();
    expect((await load.result).requests).toBeGreaterThanOrEqual(64);
  });
});

describe('findLimit', () => {
  const resultAt = (rate: number, limit: number): LoadResult => {
    const times = { p50: 1, p90: 1, p95: 1, p99: rate > limit ? 500 : 5, 'p99.9': 5, max: 500 };
    return {
      ...{ target: '', scenario: '', model: 'open', load: '', requests: rate, failed: 0, failures: [] },
      ...{ durationMs: 1, changes: [], samples: [] },
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
