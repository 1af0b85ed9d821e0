import { describe, expect, it } from '@jest/globals';
import { reportLoad } from '../../src/measure/measure-run.ts';
import { formatNumber, renderTable } from '../../src/report/render-table.ts';

describe('formatNumber', () => {
  it.each([
    [48_230.7, '48,231'],
    [332.4, '332'],
    [9.8123, '9.81'],
    [0.21345, '0.213'],
    [0, '0'],
  ])('shows %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('renderTable', () => {
  const figures = (requestsPerSecond: number, cpuMicrosPerRequest: number | undefined) => ({
    requestsPerSecond,
    cpuMicrosPerRequest,
    p99Ms: 1,
  });
  const report = (cpu: number | undefined) =>
    reportLoad({ name: 'GET', tool: 'wrk', path: '/', connections: 1 }, { measured: 'ours', peer: 'nginx' }, [
      { measured: figures(500, cpu), peer: figures(1000, 20) },
      { measured: figures(900, cpu), peer: figures(1000, 20) },
    ]);

  it('shows medians with their spread, in columns', () => {
    expect(renderTable([report(40)]).split('\n')).toEqual([
      '                     ours           nginx                ratio',
      'GET  requests/s      700 (500–900)  1,000 (1,000–1,000)  0.7 (0.5–0.9)',
      '     CPU µs/request  40 (40–40)     20 (20–20)           2 (2–2)',
    ]);
  });

  it('shows a dash where processor time is unknown', () => {
    expect(renderTable([report(undefined)])).toContain('CPU µs/request  –');
  });

  it('is empty without reports', () => {
    expect(renderTable([])).toBe('');
  });
});
