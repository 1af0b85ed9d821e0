import { describe, expect, it } from '@jest/globals';
import { reportLoad } from '../../src/measure/measure-run.ts';

const load = { name: 'small', tool: 'wrk', path: '/', connections: 1 } as const;
const names = { measured: 'ours', peer: 'theirs' };
const figures = (requestsPerSecond: number, cpuMicrosPerRequest: number | undefined) => ({
  requestsPerSecond,
  cpuMicrosPerRequest,
  p99Ms: 0,
});

describe('reportLoad', () => {
  it('takes each ratio within its round, and then their median', () => {
    const rounds = [
      { measured: figures(50, 10), peer: figures(100, 5) },
      { measured: figures(300, 30), peer: figures(400, 10) },
      { measured: figures(90, 8), peer: figures(100, 8) },
    ];
    const report = reportLoad(load, names, rounds);
    expect(report.requestsPerSecond.ratio).toEqual({ median: 0.75, lowest: 0.5, highest: 0.9 });
    expect(report.requestsPerSecond.measured.median).toBe(90);
    expect(report.cpuMicrosPerRequest?.ratio).toEqual({ median: 2, lowest: 1, highest: 3 });
    expect(report.p99Ms.peer.median).toBe(0);
  });

  it('says nothing of processor time where the system does not tell', () => {
    const rounds = [{ measured: figures(1, undefined), peer: figures(1, 5) }];
    expect(reportLoad(load, names, rounds).cpuMicrosPerRequest).toBeUndefined();
  });
});
