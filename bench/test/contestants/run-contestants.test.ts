import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createShutdownStack } from '@tripod/shared/process/shutdown-stack';
import type { Load } from '../../src/definition/load.ts';
import type { Contestant, Place, Run, Running } from '../../src/definition/run.ts';
import { loadRun } from '../../src/find-runs.ts';
import { urlOf } from '../../src/load-tools/load-tool.ts';
import { findProgram } from '../../src/machine/find-program.ts';

const path = process.env['PATH'] ?? '';
const runs = await Promise.all(
  ['api', 'static', 'stack'].map(async (name) => ({ name, run: await loadRun(name) })),
);

/** Contestants like another tested one, with other rows or another proxy. */
const alikes: ReadonlySet<string> = new Set([
  'copy-large',
  'stock-large',
  'page-first',
  'nginx-copies',
  'nginx-stock',
  'idle-copy',
]);

/** Programs of peers may be missing locally; CI has nginx. */
const isInstalled = ({ programs = [] }: Pick<Contestant, 'programs'>): boolean =>
  programs.every((program) => findProgram(program, path) !== undefined) ||
  (process.env['CI'] === 'true' && programs.every((program) => program === 'nginx'));

const loadsOf = (run: Run, name: string): readonly Load[] =>
  run.loads.filter((load) => load.contestants === undefined || load.contestants.includes(name));

const askOnce = async (load: Load, running: Running): Promise<number> => {
  if (load.tool === 'idle-server') return 200;
  if (running.measure) return (await running.measure(load, 1)).errors === 0 ? 200 : 500;
  const headers = { 'Content-Type': 'application/json', ...('headers' in load ? load.headers : {}) };
  const request = 'body' in load ? { method: 'POST', body: load.body, headers } : { headers };
  const response = await fetch(urlOf(load, running), request);
  await response.arrayBuffer();
  return response.status;
};

describe.each(runs)('the contestants of the run $name', ({ run }) => {
  const stack = createShutdownStack();
  let place: Place;
  let urls: readonly string[] = [];

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tripod-contestants-'));
    stack.push('folder', () => rmSync(folder, { recursive: true }));
    const cores = { measured: undefined, load: undefined, upstreams: undefined };
    place = { cores, folder, checkout: join(import.meta.dirname, '../../..'), stack };
    urls = await run.prepare(place);
  }, 300_000);
  afterAll(() => stack.unwind());

  for (const contestant of run.contestants.filter(({ name }) => !alikes.has(name))) {
    (isInstalled(contestant) ? it : it.skip)(
      `${contestant.name} answers what each of its loads asks`,
      async () => {
        const own = createShutdownStack();
        try {
          const running = await contestant.start({ ...place, stack: own }, urls);
          for (const load of loadsOf(run, contestant.name)) expect(await askOnce(load, running)).toBe(200);
        } finally {
          await own.unwind();
        }
      },
      300_000,
    );
  }
});
