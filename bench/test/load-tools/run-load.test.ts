import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Listening, listen } from '@tripod/shared/os/listen';
import { freePort } from '@tripod/testing/free-port';
import type { Load } from '../../src/definition/load.ts';
import { runLoad } from '../../src/load-tools/run-load.ts';
import { findProgram } from '../../src/machine/find-program.ts';

const path = process.env['PATH'] ?? '';
const common = { name: 'small', about: 'small', path: '/', connections: 2 } as const;
const loads: Readonly<Record<'ab' | 'wrk', Load>> = {
  ab: { ...common, tool: 'ab' },
  wrk: { ...common, tool: 'wrk', body: '{"a":1}' },
};

let server: Server | undefined;
let listening: Listening | undefined;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tripod-load-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  await listening?.close();
  rmSync(folder, { recursive: true });
});

const start = async (answer: RequestListener, port = 0) => {
  server = createServer(answer);
  listening = await listen(server, { host: '127.0.0.1', port });
  return { pids: [process.pid], url: listening.url };
};

const answerWith =
  (status: number): RequestListener =>
  (request, response) => {
    request.resume().on('end', () => response.writeHead(status).end('fine'));
  };

const options = () => ({ seconds: 1, core: undefined, folder });

describe.each(['ab', 'wrk'] as const)('runLoad by %s', (tool) => {
  // Skipped without the program; CI has it.
  const withTool = findProgram(tool, path) === undefined && process.env['CI'] !== 'true' ? it.skip : it;
  const load = loads[tool];

  withTool('counts the requests of one second', async () => {
    const { errors, requests, figures } = await runLoad(load, await start(answerWith(200)), options());
    expect(errors).toBe(0);
    expect(requests).toBeGreaterThan(0);
    expect(figures.requestsPerSecond).toBeGreaterThan(0);
    expect(figures.p99Ms).toBeGreaterThan(0);
  });

  withTool('counts answers that are not 2xx as errors', async () => {
    const { errors, requests } = await runLoad(load, await start(answerWith(503)), options());
    expect(requests).toBeGreaterThan(0);
    expect(errors).toBeGreaterThan(0);
  });

  withTool('fails when nothing listens on the port', async () => {
    const running = await start(answerWith(200), await freePort());
    await listening?.close();
    await expect(runLoad(load, running, options())).rejects.toThrow();
  });
});

describe('runLoad by idle clients', () => {
  const load: Load = { ...common, tool: 'idle-clients', connections: 150 };

  it('opens all connections, sends one request on each, and measures memory while they are open', async () => {
    let asked = 0;
    const running = await start((_request, response) => {
      asked += 1;
      response.end('fine');
    });
    const { errors, requests, figures } = await runLoad(load, running, options());
    expect({ errors, requests, asked }).toEqual({ errors: 0, requests: 150, asked: 150 });
    if (process.platform === 'linux') expect(figures.residentMb).toBeGreaterThan(10);
  });

  it('counts each closed connection as an error', async () => {
    const running = await start((_request, response) => {
      response.setHeader('Connection', 'close').end('fine');
    });
    expect((await runLoad(load, running, options())).errors).toBe(150);
  });
});

describe('runLoad by a contestant with its own load', () => {
  it('uses the counts of the contestant', async () => {
    const result = { requests: 7, errors: 0, figures: { requestsPerSecond: 7 } };
    const running = { pids: [], url: '', measure: () => Promise.resolve(result) };
    expect(await runLoad(loads.wrk, running, options())).toBe(result);
  });
});

describe('runLoad with If-None-Match', () => {
  const revalidating: Load = { ...common, tool: 'wrk', revalidates: true };
  const withWrk = findProgram('wrk', path) === undefined && process.env['CI'] !== 'true' ? it.skip : it;

  withWrk('sends the ETag that the contestant gave, and takes 304 for an answer', async () => {
    const asked = new Set<string | undefined>();
    const running = await start((request, response) => {
      asked.add(request.headers['if-none-match']);
      response.writeHead(request.headers['if-none-match'] === '"a"' ? 304 : 200, { ETag: '"a"' }).end();
    });
    expect((await runLoad(revalidating, running, options())).errors).toBe(0);
    expect([...asked]).toEqual([undefined, '"a"']);
  });

  withWrk('fails when there is no ETag', async () => {
    await expect(runLoad(revalidating, await start(answerWith(200)), options())).rejects.toThrow(
      'has no ETag',
    );
  });
});
