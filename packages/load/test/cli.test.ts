import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';

// A limit against hanging.
jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'tripod-load-cli-'));
const file = join(folder, 'run.json');
const server = createServer(({ url }, response) => {
  response.statusCode = url === '/missing' ? 404 : 200;
  response.end('hello');
});
let origin = '';

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

const load = (...args: readonly string[]) => spawnNode(['packages/load/bin/load.js', ...args]);

describe('pnpm load', () => {
  it('exits with 99 when a threshold is missed, and writes figures, samples, settings and thresholds as JSON', async () => {
    const { child, output } = load(
      ...[`${origin}/missing`, '--users', '1', '--run-time', '1s', '--max-failed', '0', '--json', file],
    );
    expect(await exited(child)).toBe(99);
    expect(output()).toMatch(
      /The threshold "failed requests and checks" is missed: \d+, and the limit is at most 0\./,
    );
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      model: 'closed',
      failures: [{ kind: 'status 404' }],
      settings: { users: 1, runTime: '1s' },
      thresholds: [{ limit: 'at most 0', verdict: 'missed' }],
    });
  });

  it('ends on Ctrl-C with the results so far and exit code 130', async () => {
    const { child, output } = load(`${origin}/`, '--users', '1', '--run-time', '10m');
    await waitFor('the first second', () => output().includes('"progress"'));
    child.kill('SIGINT');
    expect(await exited(child)).toBe(130);
    expect(output()).toMatch(/"result":\{.*"failed":0/);
  });

  it('compares the files of two runs, and refuses a file that is none', async () => {
    const compared = load('compare', file, file);
    expect(await exited(compared.child)).toBe(0);
    expect(compared.output()).toMatch(/"figure":"requests\/s".*"ratio":1,"better":"alike"/);
    const refused = load('compare', file, join(import.meta.dirname, 'cli.test.ts'));
    expect(await exited(refused.child)).toBe(2);
    expect(refused.output()).toContain("can't be read");
  });
});
