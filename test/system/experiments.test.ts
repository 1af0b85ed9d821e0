import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
const labs = [...new Set(experiments.map(({ labName }) => labName))];

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
  it.each(labs)('has a hypothesis that holds in the lab %s', async (lab) => {
    const names = experiments.filter(({ labName }) => labName === lab).map(({ name }) => name);
    const json = join(folder, `${lab}.json`);
    const report = join(folder, `${lab}.html`);
    const flags = ['--proxy', 'direct', '--short', '--json', json, '--report', report];
    const { code, output } = await run(...names, ...flags);
    // The output has the verdict tables, which tell why.
    expect([code, output]).toEqual([0, expect.stringContaining('The hypothesis holds for our engines.')]);
    const found = JSON.parse(readFileSync(json, 'utf8')) as ExperimentResult | readonly ExperimentResult[];
    const results = [found].flat() as readonly ExperimentResult[];
    expect(results.map(({ experiment }) => experiment)).toEqual(names);
    for (const { balancers } of results) {
      expect(balancers[0]).toMatchObject({
        balancer: 'direct',
        failed: expect.any(Number),
        p99Ms: { before: expect.any(Number), during: expect.any(Number), after: expect.any(Number) },
        control: { failed: 0 },
      });
    }
    expect(readFileSync(report, 'utf8')).toContain('<th scope="col">direct');
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
