import { describe, expect, it } from '@jest/globals';
import { compareRuns } from '../../src/report/compare-runs.ts';
import { renderComparison } from '../../src/report/render-comparison.ts';
import { loadRun } from './run-fixture.ts';

const { generator: _late, ...first } = loadRun;

describe('the comparison of two runs', () => {
  it('gives ratios, says which is better, and calls differences of up to 5 % alike', () => {
    const responseTimeMs = { ...first.responseTimeMs, p50: 1.55, p99: 40.5 };
    const { figures, warnings } = compareRuns(first, { ...first, requestsPerSecond: 1200, responseTimeMs });
    const of = (name: string) => figures.find(({ figure }) => figure === name);
    expect(of('requests/s')).toMatchObject({ first: 1000, second: 1200, ratio: 1.2, better: 'second' });
    expect(of('p50 ms')).toMatchObject({ better: 'alike' });
    expect(of('p99 ms')).toMatchObject({ ratio: 2, better: 'first' });
    expect(warnings).toEqual([]);
  });

  it('warns when model, load or generator differ, and when the times of one run do not count', () => {
    const tool = { name: 'wrk', corrected: true, correction: 'wrk corrects.' };
    const { warnings } = compareRuns(loadRun, { ...first, model: 'open', load: '5 requests a second', tool });
    expect(warnings).toEqual([
      'The models differ: closed, and open.',
      'The loads differ: 10 users, 5 spawned a second, and 5 requests a second.',
      'The generators differ: load, and wrk.',
      'The times of the first run do not count: a reason.',
      'wrk corrects.',
    ]);
  });

  it('leaves out figures that one of the runs lacks', () => {
    const { figures } = compareRuns(first, { ...first, responseTimeMs: { p50: 1 } });
    expect(figures.map(({ figure }) => figure)).toEqual(['requests/s', 'failed %', 'p50 ms', 'limit/s']);
  });

  it('is rendered as one table within 80 columns', () => {
    const lines = renderComparison(compareRuns(first, { ...first, requestsPerSecond: 500 }), [
      'a',
      'b',
    ]).split('\n');
    expect(lines.slice(0, 2)).toEqual(['A is a', 'B is b']);
    expect(lines).toContainEqual(expect.stringMatching(/^requests\/s +1,000 +500\.00 +0\.50 +A$/));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });
});
