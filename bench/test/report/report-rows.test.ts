import { describe, expect, it } from '@jest/globals';
import { type Round, reportLoad } from '../../src/measure/report-load.ts';
import { goalRows, loadRows } from '../../src/report/report-rows.ts';
import { columns, markdownTable } from '../../src/text/columns.ts';

const load = { name: 'small', about: 'small', tool: 'wrk', path: '/', connections: 1 } as const;
const round = (ours: number): Round => ({
  ours: { figures: { requestsPerSecond: ours } },
  nginx: { figures: { requestsPerSecond: 1000, p99Ms: 1 } },
});
const names = ['ours', 'nginx'];
const rowsOf = (rounds: readonly Round[]) => loadRows(reportLoad(load, rounds, { names, peer: 'nginx' }));

describe('loadRows', () => {
  it('shows medians with their range and the ratio to the peer, and a dash for a missing figure', () => {
    expect(rowsOf([round(500), round(900)])).toEqual([
      ['', 'requests/s', '÷ nginx', 'p99 ms', '÷ nginx', 'errors'],
      ['ours', '700 (500–900)', '0.7 (0.5–0.9)', '–', '–', '0'],
      ['nginx', '1,000', '1', '1', '1', '0'],
    ]);
  });

  it('shows how many rounds are void', () => {
    const rows = rowsOf([round(500), { ...round(900), ours: { void: '1 error in 2 requests' } }]);
    expect(rows[1]?.at(-1)).toBe('1 of 2 rounds void');
  });
});

describe('goalRows', () => {
  it('shows a goal that was not measured with a dash', () => {
    expect(goalRows([{ line: 'x', goal: '≥ 1', reached: undefined, verdict: 'not measured' }])[1]).toEqual([
      'x',
      '–',
      '≥ 1',
      'not measured',
    ]);
  });
});

describe('columns', () => {
  it('makes each column as wide as its widest cell, without trailing spaces', () => {
    expect(
      columns([
        ['a', 'bbb', ''],
        ['aaa', 'b', ''],
      ]).split('\n'),
    ).toEqual(['a    bbb', 'aaa  b']);
  });

  it('returns an empty text without rows', () => {
    expect(columns([])).toBe('');
  });
});

describe('markdownTable', () => {
  it('uses the first row as the head', () => {
    expect(
      markdownTable([
        ['', 'x'],
        ['a', '1'],
      ]),
    ).toBe('|  | x |\n| --- | --- |\n| a | 1 |');
  });
});
