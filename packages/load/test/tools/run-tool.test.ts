import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findProgram } from '@tripod/shared/os/find-program';
import { checkout } from '@tripod/testing/spawn-node';
import { listToolNames, loadTool } from '../../src/tools/find-tool.ts';
import { runTool } from '../../src/tools/run-tool.ts';

const programs = mkdtempSync(join(tmpdir(), 'tripod-programs-'));
const path = process.env['PATH'] ?? '';
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  request.resume().once('end', () => response.writeHead(request.method === 'POST' ? 201 : 200).end('[]'));
});
let origin = '';

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close().closeAllConnections();
  rmSync(programs, { recursive: true });
});

/** Puts a shell script in the place of a tool. */
const replaceProgram = (name: string, script: string): void =>
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

const run = async (name: string, lab: string, searchPath = `${programs}:${path}`) =>
  await runTool({
    ...{ name, lab, checkout, searchPath, origin, tool: await loadTool(name) },
    ...{ users: 4, spawnRate: 2, rate: undefined, runSeconds: 1 },
    signal: new AbortController().signal,
  });

describe('pnpm load --with TOOL', () => {
  it('knows a tool for each file of a folder, and each lab and script that a tool names is there', async () => {
    expect(listToolNames()).toEqual(['ab', 'gatling', 'k6', 'locust', 'wrk']);
    for (const name of listToolNames())
      for (const [lab, { file }] of Object.entries((await loadTool(name)).scripts))
        expect(readdirSync(join(checkout, 'labs', lab), { recursive: true })).toContain(file);
  });

  it('refuses a lab without a script for the tool, and names the labs that have one', async () => {
    await expect(run('wrk', 'books')).rejects.toThrow(
      '--with wrk has no script in the lab books; the labs that have one are: posts',
    );
  });

  it('says how to install a tool that is missing', async () => {
    const tool = { ...(await loadTool('locust')), program: 'a-tool-that-is-missing' };
    const options = { name: 'locust', lab: 'books', checkout, searchPath: programs, origin, tool };
    const signal = new AbortController().signal;
    await expect(
      runTool({ ...options, users: 1, spawnRate: 1, rate: undefined, runSeconds: 1, signal }),
    ).rejects.toThrow(
      '--with locust needs a-tool-that-is-missing, which is not installed (pip install -r labs/books/requirements.txt)',
    );
  });

  it('shows the output of a tool that reports no result', async () => {
    replaceProgram('locust', 'echo "a wrong option"; exit 2');
    await expect(run('locust', 'books')).rejects.toThrow(/locust reported no result .*\na wrong option/s);
  });

  it('reads the JSON of Locust, names by names, and passes users, spawn rate and run time on', async () => {
    const entry = {
      ...{ name: 'GET /api/books', method: 'GET', num_requests: 4, num_failures: 1 },
      ...{
        total_response_time: 20,
        total_content_length: 400,
        min_response_time: 2,
        max_response_time: 11.5,
      },
      ...{ start_time: 100, last_request_timestamp: 102, response_times: { 2: 1, 3: 2, 12: 1 } },
    };
    replaceProgram(
      'locust',
      `[ "$*" = "-f ${checkout}/labs/books/locustfile.py --headless --json --skip-log-setup -H ${origin} -u 4 -r 2 -t 1s" ] || exit 3
cat <<'END'
${JSON.stringify([entry])}
END
exit 1`,
    );
    expect(await run('locust', 'books')).toMatchObject({
      ...{ model: 'closed', load: '4 users, 2 spawned a second', scenario: 'labs/books/locustfile.py' },
      ...{ requests: 4, failed: 1, requestsPerSecond: 2, durationMs: 2000 },
      failures: [{ kind: 'reported by locust', count: 1 }],
      responseTimeMs: { p50: 3, p99: 12, max: 11.5 },
      names: [{ method: 'GET', name: '/api/books', averageMs: 5, averageBytes: 100 }],
      tool: { name: 'locust', corrected: false },
    });
  });

  it('reads the summary of k6, whose exit code tells of thresholds, and says how many iterations it dropped', async () => {
    const summary = {
      metrics: {
        http_reqs: { count: 200, rate: 50 },
        http_req_failed: { value: 0.1, passes: 20, fails: 180 },
        http_req_duration: { med: 1, max: 9, 'p(90)': 2, 'p(95)': 3, 'p(99)': 4, 'p(99.9)': 5 },
        dropped_iterations: { count: 7 },
      },
    };
    replaceProgram('k6', `cat > "$4" <<'END'\n${JSON.stringify(summary)}\nEND\nexit 99`);
    expect(await run('k6', 'posts')).toMatchObject({
      ...{ model: 'open', requests: 200, failed: 20, requestsPerSecond: 50, durationMs: 4000 },
      responseTimeMs: { p50: 1, p90: 2, p95: 3, p99: 4, 'p99.9': 5, max: 9 },
      tool: { corrected: false, correction: expect.stringContaining('It dropped 7 iterations.') },
    });
  });

  it('reads the report of Gatling', async () => {
    const figure = (name: string, total: string, ko: string) =>
      `    "${name}": {\n        "total": "${total}",\n        "ok": "1",\n        "ko": "${ko}"\n    },`;
    const figures = [
      figure('numberOfRequests', '300', '6'),
      figure('maxResponseTime', '90', '-'),
      figure('percentiles1', '3', '-'),
      figure('percentiles3', '8', '-'),
      figure('percentiles4', '40', '-'),
      figure('meanNumberOfRequestsPerSecond', '7.5', '0.1'),
    ];
    replaceProgram(
      'mvn',
      `for argument; do case "$argument" in -Dgatling.resultsFolder=*) folder="\${argument#*=}";; esac; done
mkdir -p "$folder/people-1/js"
cat > "$folder/people-1/js/stats.js" <<'END'
var stats = {
stats: {
${figures.join('\n')}
END`,
    );
    expect(await run('gatling', 'people')).toMatchObject({
      ...{ model: 'open', requests: 300, failed: 6, requestsPerSecond: 7.5, durationMs: 40_000 },
      responseTimeMs: { p50: 3, p95: 8, p99: 40, max: 90 },
    });
  });

  (findProgram('wrk', path) ? it : it.skip)(
    'runs wrk with the script of the posts lab, and reads its percentiles (skipped without wrk)',
    async () => {
      requests.length = 0;
      const result = await run('wrk', 'posts');
      expect(new Set(requests)).toEqual(new Set(['POST /api/posts']));
      expect(result).toMatchObject({ model: 'closed', failed: 0, tool: { corrected: true } });
      expect(result.requests).toBeGreaterThan(0);
      expect(result.responseTimeMs['p99.9']).toBeLessThanOrEqual(result.responseTimeMs.max ?? 0);
    },
  );

  (findProgram('ab', path) ? it : it.skip)(
    'runs labs/gallery/ab.sh, and reads the second of its runs (skipped without ab)',
    async () => {
      requests.length = 0;
      const result = await run('ab', 'gallery');
      expect(requests).toHaveLength(10_000);
      expect(result).toMatchObject({ requests: 5000, failed: 0, tool: { corrected: false } });
      expect(result.responseTimeMs.p50).toBeLessThanOrEqual(result.responseTimeMs.p99 ?? 0);
    },
  );
});
