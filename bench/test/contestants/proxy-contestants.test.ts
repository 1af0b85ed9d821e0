import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import { waitFor } from '@tripod/testing/wait-for';
import type { Place, Running } from '../../src/definition/run.ts';
import { findProgram } from '../../src/machine/find-program.ts';
import { run } from '../../src/runs/proxy.ts';

const path = process.env['PATH'] ?? '';
const has = (programs: readonly string[]): boolean =>
  programs.every((program) => findProgram(program, path) !== undefined);

const stack = createShutdownStack();
const cores = { measured: undefined, load: undefined, upstreams: undefined };
let place: Place;
let urls: readonly string[] = [];

// nginx is also the upstream of all contestants; CI has it.
const suite = has(run.programs) || process.env['CI'] === 'true' ? describe : describe.skip;

suite('the contestants of the proxy run', () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tripod-contestants-'));
    stack.push('folder', () => rmSync(folder, { recursive: true }));
    place = { cores, folder, checkout: join(import.meta.dirname, '../../..'), stack };
    urls = await run.prepare(place);
  });
  afterAll(() => stack.unwind());

  describe.each(run.contestants)('$name', (contestant) => {
    // HAProxy may be missing, also in CI.
    const isThere = has(contestant.programs ?? []);
    const withIt = isThere ? it : it.skip;
    let running: Running;
    beforeAll(async () => {
      if (isThere) running = await contestant.start(place, urls);
    });

    withIt('is one process', () => {
      expect(running.pids).toHaveLength(1);
    });

    withIt.each([
      ['GET', '/api/images.json', 370],
      ['POST', '/api/images.json', 370],
      ['GET', '/api/100k.bin', 100_000],
      ['GET', '/api/10m.bin', 10_000_000],
    ])('answers %s %s with %d bytes', async (method, target, bytes) => {
      const body = method === 'POST' ? { body: 'x'.repeat(1000) } : {};
      const response = await fetch(`${running.url}${target}`, { method, ...body });
      expect(response.status).toBe(200);
      expect((await response.arrayBuffer()).byteLength).toBe(bytes);
    });

    withIt('writes its access log, as all do', async () => {
      await (await fetch(`${running.url}/api/10m.bin`)).arrayBuffer();
      const files = readdirSync(place.folder).filter((file) => file.startsWith(contestant.name));
      await waitFor(`a line of the log of ${contestant.name}`, () =>
        files
          .filter((file) => file.endsWith('.log'))
          .some((file) => readFileSync(join(place.folder, file), 'utf8').includes('10m.bin')),
      );
    });
  });
});
