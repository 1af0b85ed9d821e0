import { describe, expect, it } from '@jest/globals';
import { describeTrial, trialLines } from '../../src/lost-writes/describe-trial.ts';
import { judgeTrial, type Trial } from '../../src/lost-writes/judge-trial.ts';
import { judgeWrites, type Outcomes } from '../../src/lost-writes/outcomes.ts';
import type { LostWritesReport } from '../../src/lost-writes/run-lost-writes.ts';

const titles = (count: number): string[] => Array.from({ length: count }, (_, index) => `write ${index}`);
const outcomesOf = (acknowledged: readonly string[], rest: Partial<Outcomes> = {}): Outcomes => ({
  acknowledged: new Set(acknowledged),
  refused: new Set(),
  unknown: new Set(),
  answers: new Map(),
  ...rest,
});
const everyFault = (
  ['kill a copy', 'kill Postgres', 'stop a copy', 'cut a database connection'] as const
).map((name) => ({
  name,
  untilAcknowledgedMs: 100,
}));
const reportOf = (
  outcomes: Outcomes,
  stored: readonly string[],
  rest: Partial<LostWritesReport> = {},
): LostWritesReport => ({
  outcomes,
  verdict: judgeWrites(outcomes, stored),
  faults: everyFault,
  walSyncs: { commits: 40, syncs: 44 },
  ...rest,
});
const good = reportOf(outcomesOf(titles(200)), titles(200));
const control = reportOf(outcomesOf(titles(200)), titles(190), { walSyncs: { commits: 40, syncs: 3 } });
const holding: Trial = { report: good, control };

describe('judgeWrites', () => {
  it.each([
    ['a confirmed one that is missing', ['a', 'b'], ['a'], { lost: ['b'], doubled: [], unexpected: [] }],
    ['one that is there twice', ['a'], ['a', 'a', 'a'], { lost: [], doubled: ['a'], unexpected: [] }],
    ['a stored write that was never sent', ['a'], ['a', 'x'], { lost: [], doubled: [], unexpected: ['x'] }],
    ['one that was refused', ['a'], ['a', 'refused'], { lost: [], doubled: [], unexpected: ['refused'] }],
    ['nothing in one of unknown fate', ['a'], ['a', 'unknown'], { lost: [], doubled: [], unexpected: [] }],
    ['one of unknown fate that is there twice', [], ['unknown', 'unknown'], { doubled: ['unknown'] }],
  ])('finds %s', (_what, acknowledged, stored, verdict) => {
    const rest = { refused: new Set(['refused']), unknown: new Set(['unknown']) };
    expect(judgeWrites(outcomesOf(acknowledged, rest), stored)).toMatchObject(verdict);
  });
});

describe('judgeTrial', () => {
  it('passes a trial in which every write is stored once and the control lost some', () => {
    expect(judgeTrial(holding)).toEqual({ broken: [], voids: [], holds: true });
    expect(describeTrial(holding)).toMatch(/No confirmed write was lost.*would have found it\.$/);
  });

  it.each([
    [
      'a confirmed write is missing',
      { ...good, verdict: judgeWrites(good.outcomes, titles(199)) },
      '1 confirmed',
    ],
    [
      'a write is stored twice',
      { ...good, verdict: judgeWrites(good.outcomes, [...titles(200), 'write 7']) },
      '1 writes are stored twice; the first is "write 7"',
    ],
    [
      'a refused write is stored',
      { ...good, verdict: judgeWrites(good.outcomes, [...titles(200), 'x']) },
      'refused or never sent; the first is "x"',
    ],
    [
      'commits are not synced',
      { ...good, walSyncs: { commits: 40, syncs: 20 } },
      '40 sequential commits caused only 20 syncs',
    ],
  ])('judgeTrial: fails a trial in which %s', (_what, report, sentence) => {
    const broken = [expect.stringContaining(sentence)];
    expect(judgeTrial({ report, control })).toEqual({ broken, voids: [], holds: false });
    expect(describeTrial({ report, control })).toContain('Failed:\n');
  });

  it.each<[string, Partial<Trial>, string]>([
    [
      'the control lost nothing',
      { control: { ...control, verdict: good.verdict } },
      'The control lost nothing',
    ],
    [
      'the control synced its log',
      { control: { ...control, walSyncs: good.walSyncs } },
      'The control synced',
    ],
    [
      'it had no time for all faults',
      { report: { ...good, faults: everyFault.slice(0, 3) } },
      'too short for some faults: cut a database connection',
    ],
    [
      'hardly anything was confirmed',
      { report: reportOf(outcomesOf(titles(9)), titles(9)) },
      'Only 9 writes were confirmed',
    ],
  ])('judgeTrial: declares a trial void when %s', (_what, change, sentence) => {
    const trial = { ...holding, ...change };
    const voids = [expect.stringContaining(sentence)];
    expect(judgeTrial(trial)).toEqual({ broken: [], voids, holds: false });
    expect(describeTrial(trial)).toContain('This trial is void:\n');
  });

  it('reports a failure also for a void trial', () => {
    const report = { ...good, verdict: judgeWrites(good.outcomes, titles(199)), faults: [] };
    expect(judgeTrial({ report, control })).toMatchObject({
      broken: [expect.anything()],
      voids: [expect.anything()],
    });
    expect(describeTrial({ report, control })).toMatch(/Failed:\n1 confirmed.*\nThe run was too short/);
  });

  it('prints one line of JSON for each run and one for the verdict', () => {
    const answers = new Map([
      ['PROXY_UPSTREAM_FAILED', 2],
      ['API_WRITE_UNCERTAIN', 5],
    ]);
    const report = reportOf(outcomesOf(titles(200), { unknown: new Set(titles(7)), answers }), titles(200), {
      faults: [...everyFault, { name: 'kill Postgres', untilAcknowledgedMs: 1234.5 }],
    });
    const [trial, second, verdict] = trialLines({ report, control }).map(
      (line) => JSON.parse(line) as object,
    );
    expect(trial).toEqual({
      part: 'trial',
      synchronousCommit: 'on',
      faults: {
        'kill a copy': { times: 1, slowestMs: 100 },
        'kill Postgres': { times: 2, slowestMs: 1235 },
        'stop a copy': { times: 1, slowestMs: 100 },
        'cut a database connection': { times: 1, slowestMs: 100 },
      },
      acknowledged: 200,
      unknown: 7,
      refused: 0,
      answers: { API_WRITE_UNCERTAIN: 5, PROXY_UPSTREAM_FAILED: 2 },
      stored: 200,
      mustBeZero: { lost: 0, doubled: 0, unexpected: 0 },
      walSyncs: { commits: 40, syncs: 44 },
    });
    expect(second).toMatchObject({ part: 'control', mustBeZero: { lost: 10, doubled: 0, unexpected: 0 } });
    expect(verdict).toEqual({ part: 'verdict', holds: true, broken: [], void: [] });
  });
});
