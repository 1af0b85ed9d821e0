import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readExperiments } from '@tripod/experiment/definition/find-experiments';
import type { ExperimentResult } from '@tripod/experiment/verdict/result';
import { checkout, exited, spawnNode } from '@tripod/testing/spawn-node';
import { waitFor } from '@tripod/testing/wait-for';

// A limit against hanging.
jest.setTimeout(600_000);

const bin = 'apps/experiment/bin/experiment.js';
const experiments = readExperiments(checkout);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'experiments-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (...args: readonly string[]) => {
  const { child, output } = spawnNode([bin, ...args]);
  const code = await exited(child);
  return { code, output: output() };
};

describe('every experiment, in its short form with our proxy', () => {
  let finished: { readonly code: number; readonly output: string };
  let results: readonly ExperimentResult[];
  let report: string;
  beforeAll(async () => {
    const files = { json: join(folder, 'all.json'), report: join(folder, 'all.html') };
    const flags = ['--proxy', 'direct', '--short', '--json', files.json, '--report', files.report];
    finished = await run(...experiments.map(({ name }) => name), ...flags);
    results = existsSync(files.json)
      ? (JSON.parse(readFileSync(files.json, 'utf8')) as readonly ExperimentResult[])
      : [];
    report = existsSync(files.report) ? readFileSync(files.report, 'utf8') : '';
  });

  it.each(experiments.map(({ name }) => name))('has a hypothesis that holds: %s', (name) => {
    const result = results.find(({ experiment }) => experiment === name);
    // When it fails, the output has the verdict tables, which tell why.
    expect(result ?? finished.output).toMatchObject({ experiment: name, lab: expect.any(String) });
    const wrong = (result?.balancers ?? []).filter(({ holds }) => !holds);
    expect(wrong).toEqual([]);
    expect(result?.balancers[0]).toMatchObject({
      balancer: 'direct',
      failed: expect.any(Number),
      p99Ms: { before: expect.any(Number), during: expect.any(Number), after: expect.any(Number) },
    });
    expect(report).toContain(`<p>Experiment ${name} of the lab `);
  });

  it('ends with code 0, and prints a verdict for each', () => {
    const verdicts = finished.output.match(/^The hypothesis holds for our engines\.$/gm);
    expect([finished.code, verdicts?.length]).toEqual([0, experiments.length]);
  });
});

describe('the command', () => {
  it('lists the experiments when none is named, one line each', async () => {
    const { code, output } = await run();
    const lines = output.trimEnd().split('\n');
    expect([code, lines.length]).toEqual([0, experiments.length]);
    expect(output).toMatch(/^kill-a-copy +gallery +Kill a copy under load$/m);
  });

  it('refuses an unknown experiment with code 2 and the known ones', async () => {
    expect(await run('nope')).toEqual({
      code: 2,
      output: expect.stringMatching(/"nope" is not known; the experiments are .*kill-a-copy/),
    });
  });

  it('rolls back and ends with code 130 after Ctrl-C', async () => {
    const { child, output } = spawnNode([bin, 'kill-a-copy', '--proxy', 'direct']);
    await waitFor('the load to begin', () => output().includes('kill-a-copy: direct'));
    child.kill('SIGINT');
    expect([await exited(child), output()]).toEqual([130, expect.not.stringContaining('Error')]);
  });
});
