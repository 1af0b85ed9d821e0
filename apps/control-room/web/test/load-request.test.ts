import { describe, expect, it } from '@jest/globals';
import { describeLoad, type LoadForm, readLoadForm } from '../src/load-request.ts';
import { statisticsCsv } from '../src/statistics-csv.ts';

const form: LoadForm = {
  ...{ users: '50', spawnRate: '10', runTime: '3m', isOpenModel: false, rate: '200' },
  ...{ scenario: 'browse', maxP99: '', maxFailed: '' },
};

describe('control room page: load form', () => {
  it('reads users that wait and requests at a rate', () => {
    expect(readLoadForm(form)).toEqual({
      settings: {
        scenario: 'browse',
        model: { kind: 'closed', users: 50, spawnRate: 10 },
        runTimeMs: 180_000,
      },
    });
    expect(readLoadForm({ ...form, isOpenModel: true, maxP99: '50', maxFailed: '0' })).toEqual({
      settings: {
        scenario: 'browse',
        model: { kind: 'open', rate: 200 },
        runTimeMs: 180_000,
        maxP99Ms: 50,
        maxFailed: 0,
      },
    });
  });

  it('names each wrong field', () => {
    const wrong = { ...form, users: '0', spawnRate: 'x', runTime: '', maxP99: '-1', maxFailed: '1.5' };
    const read = readLoadForm(wrong);
    expect('problems' in read ? Object.keys(read.problems).sort() : []).toEqual([
      'maxFailed',
      'maxP99',
      'runTime',
      'spawnRate',
      'users',
    ]);
    expect(readLoadForm({ ...form, isOpenModel: true, rate: '0' })).toHaveProperty('problems.rate');
  });

  it('says what the button will do', () => {
    expect(describeLoad(form, 'http://localhost:8080')).toBe(
      'Starts 50 users on http://localhost:8080, 10 more each second, for 3m. Each waits for its answer.',
    );
  });

  it('writes statistics as CSV that no spreadsheet reads as a formula', () => {
    const csv = statisticsCsv([{ type: 'GET', name: '=1+"a",b', requests: 3, fails: 0, medianMs: 1.5 }]);
    expect(csv.split('\r\n')[1]).toBe(`GET,"'=1+""a"",b",3,0,1.5,,,,,,,,`);
    expect(csv).toMatch(/^Type,Name,Request Count,Failure Count,Median Response Time,/);
  });
});
