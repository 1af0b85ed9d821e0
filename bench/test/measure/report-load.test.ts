import { describe, expect, it } from '@jest/globals';
import { type Round, reportLoad } from '../../src/measure/report-load.ts';

const load = { name: 'small', about: 'small', tool: 'wrk', path: '/', connections: 1 } as const;
const rates = (ours: number, theirs: number): Round => ({
  ours: { figures: { requestsPerSecond: ours, p99Ms: 1 } },
  theirs: { figures: { requestsPerSecond: theirs } },
});
const names = ['ours', 'theirs'];
const report = (rounds: readonly Round[]) => reportLoad(load, rounds, { names, peer: 'theirs' }).contestants;

describe('reportLoad', () => {
  it('takes each ratio within its round, and then the median of the ratios', () => {
    const [ours, theirs] = report([rates(50, 100), rates(300, 400), rates(90, 100)]);
    expect(ours?.figures[0]).toEqual({
      figure: 'requestsPerSecond',
      own: { median: 90, lowest: 50, highest: 300 },
      ratio: { median: 0.75, lowest: 0.5, highest: 0.9 },
    });
    expect(theirs?.figures[0]).toEqual({
      figure: 'requestsPerSecond',
      own: { median: 100, lowest: 100, highest: 400 },
    });
  });

  it('leaves out the ratio when the peer has no such figure', () => {
    const [ours] = report([rates(1, 1)]);
    expect(ours?.figures[1]).toEqual({ figure: 'p99Ms', own: { median: 1, lowest: 1, highest: 1 } });
  });

  it('ignores void rounds in figures and ratios, and reports their reasons', () => {
    const broken = { void: '3 errors in 10 requests' };
    const [ours, theirs] = report([
      { ...rates(1, 1), ours: broken },
      rates(5, 10),
      { ...rates(70, 100), theirs: broken },
    ]);
    expect(ours?.figures[0]).toMatchObject({
      own: { median: 37.5, lowest: 5, highest: 70 },
      ratio: { median: 0.5, lowest: 0.5, highest: 0.5 },
    });
    expect(ours?.voids).toEqual(['round 1: 3 errors in 10 requests']);
    expect(theirs?.voids).toEqual(['round 3: 3 errors in 10 requests']);
  });

  it('has no figures for a contestant whose rounds are all void', () => {
    const [ours] = report([{ ours: { void: 'gone' }, theirs: { void: 'gone' } }]);
    expect(ours).toEqual({ name: 'ours', figures: [], voids: ['round 1: gone'] });
  });
});
