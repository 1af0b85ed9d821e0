import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkout } from '@tripod/testing/spawn-node';
import { chooseExperiments, readExperiments, shortenExperiment } from '../src/definition/find-experiments.ts';
import { readExperiment } from '../src/definition/read-experiment.ts';
import { chooseBalancers } from '../src/lab/balancers.ts';
import { stackEnvironment } from '../src/lab/stack-environment.ts';
import { toControlRequest } from '../src/lab/to-control-request.ts';
import { mergeLab } from '../src/lab/write-lab.ts';
import { chooseVariants } from '../src/run-experiments.ts';

const valid = {
  title: 'A title',
  hypothesis: { failed: { atMost: 0 } },
  proof: { 'replaced.api-2': { atLeast: 1 } },
  load: { scenario: 'list', rate: 10, forMs: 9000 },
  method: [{ atMs: 3000, run: 'kill api-2' }],
  rollback: [],
  explain: 'Because.',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'experiment-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (values: object) => {
  const file = join(folder, 'one.json');
  writeFileSync(file, JSON.stringify(values));
  return readExperiment(file, 'gallery');
};

describe('experiment files', () => {
  it('are read with their name, their lab and the defaults', () => {
    expect(read(valid)).toMatchObject({ ...valid, name: 'one', labName: 'gallery', lab: {}, variants: [] });
  });

  it('are refused with each missing key', () => {
    expect(() => read({ title: 'A title', load: valid.load, method: valid.method, rollback: [] })).toThrow(
      /hypothesis in .*one\.json is missing[\s\S]*proof in[\s\S]*explain in/,
    );
  });

  it.each([
    ['a claim without a limit', { hypothesis: { failed: {} } }, /hypothesis\/failed/],
    ['a hypothesis without a claim', { hypothesis: {} }, /hypothesis/],
    ['an unknown key', { explanation: 'x' }, /explanation/],
    ['a step that is no command', { method: [{ atMs: 3000, run: 'kill; rm' }] }, /method\/0\/run/],
    ['a step that has both', { method: [{ atMs: 3000, run: 'ps', surge: 5 }] }, /method\/0/],
    ['more load without an end', { method: [{ atMs: 3000, surge: 5 }] }, /method\/0/],
    [
      'steps out of order',
      { method: [valid.method[0], { atMs: 1000, run: 'ps' }] },
      /must not be before the step/,
    ],
    ['a step at once', { method: [{ atMs: 10, run: 'kill api-2' }] }, /must be 1000 or more/],
    ['a step after the load', { method: [{ atMs: 9000, run: 'kill api-2' }] }, /must be before the end/],
  ])('are refused with %s', (_, wrong, message) => {
    expect(() => read({ ...valid, ...wrong })).toThrow(message);
  });

  it('last a quarter as long in the short form', () => {
    const method = [...valid.method, { atMs: 5000, surge: 20, lastsMs: 2000 }];
    const short = shortenExperiment(read({ ...valid, method }));
    expect([short.load.forMs, short.load.rate]).toEqual([2250, 10]);
    expect(short.method).toEqual([
      { atMs: 750, run: 'kill api-2' },
      { atMs: 1250, surge: 20, lastsMs: 500 },
    ]);
  });
});

describe('the experiments of the labs', () => {
  const all = readExperiments(checkout);

  it('have names that differ', () => {
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('kill-a-copy');
  });

  it('are found by name, and an unknown name is refused with the known ones', () => {
    expect(chooseExperiments(all, ['kill-a-copy']).map(({ name }) => name)).toEqual(['kill-a-copy']);
    expect(() => chooseExperiments(all, ['nope'])).toThrow(
      /"nope" is not known; the experiments are .*kill-a-copy/,
    );
  });
});

describe('what an experiment runs', () => {
  it('is a lab with the settings of the experiment, and paths that hold from the folder of the lab', () => {
    const lab = { $schema: '../x', copies: 2, assets: '../../assets', budget: {} };
    expect(mergeLab(lab, '/labs/books', { copies: 3, budget: null })).toEqual({
      copies: 3,
      assets: '/assets',
    });
  });

  it('uses the load balancers that are installed, and refuses unknown names', () => {
    const { chosen, left } = chooseBalancers(['direct', 'http-proxy'], '');
    expect([chosen.map(({ name }) => name), left]).toEqual([['direct', 'http-proxy'], []]);
    expect(() => chooseBalancers(['apache'], '')).toThrow(/--proxy must name load balancers among direct/);
  });

  it('is each variant with our engines, the last in the short form, and the first with others', () => {
    const variants = ['one', 'two', 'three'].map((name) => ({ name, lab: {} }));
    const experiment = read({ ...valid, variants });
    const ours = { name: 'direct', process: 'proxy', program: undefined };
    const nginx = { name: 'nginx', process: 'nginx', program: 'nginx' };
    const names = (one: typeof ours | typeof nginx, isShort: boolean) =>
      chooseVariants(experiment, one, isShort).map((variant) => variant?.name);
    expect([names(ours, false), names(ours, true)]).toEqual([['one', 'two', 'three'], ['three']]);
    expect(names(nginx, false)).toEqual(['one']);
    expect(chooseVariants(read(valid), ours, true)).toEqual([undefined]);
  });

  it.each([
    ['kill api-2', { command: 'kill', name: 'api-2' }],
    ['heal', { command: 'heal', name: '' }],
    ['scale api=5', { command: 'scale', name: 'api', count: 5 }],
    ['slow api-2 --delay-ms 200', { command: 'slow', name: 'api-2', delayMs: 200 }],
  ])('is the request that a command sends: %s', (typed, request) => {
    expect(toControlRequest(typed)).toEqual(request);
  });

  it('never reaches the database of the user', () => {
    const environment = stackEnvironment({ DATABASE_URL: 'postgres://x', PATH: '/bin' }, '/cache');
    expect(environment).toEqual({
      PATH: '/bin',
      NODE_COMPILE_CACHE: '/cache',
      npm_lifecycle_event: 'experiment',
    });
  });
});
