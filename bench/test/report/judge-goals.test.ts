import { describe, expect, it } from '@jest/globals';
import type { Goal } from '../../src/definition/goal.ts';
import { type Round, reportLoad } from '../../src/measure/report-load.ts';
import { judgeGoals } from '../../src/report/judge-goals.ts';

const load = { name: 'small', about: 'GET 1 B', tool: 'wrk', path: '/', connections: 1 } as const;
const round = (ours: number, theirs: number): Round => ({
  ours: { figures: { requestsPerSecond: ours } },
  theirs: { figures: { requestsPerSecond: theirs } },
});
const judge = (goal: Goal, rounds: readonly Round[]) =>
  judgeGoals([goal], [reportLoad(load, rounds, { names: ['ours', 'theirs'], peer: 'theirs' })])[0];

const ratio = { load: 'small', contestant: 'ours', figure: 'requestsPerSecond', against: 'theirs' } as const;
const alone = { load: 'small', contestant: 'ours', figure: 'requestsPerSecond' } as const;

describe('judgeGoals', () => {
  it.each<[Goal, string, number, string]>([
    [{ ...ratio, atLeast: 0.8 }, '≥ 0.8', 0.8, 'ok'],
    [{ ...ratio, atLeast: 1 }, '≥ 1', 0.8, 'missed by 20 %'],
    [{ ...ratio, atLeast: 0.805 }, '≥ 0.805', 0.8, 'missed by under 1 %'],
    [{ ...ratio, atMost: 0.8 }, '≤ 0.8', 0.8, 'ok'],
    [{ ...ratio, atMost: 0.4 }, '≤ 0.4', 0.8, 'missed by 100 %'],
    [{ ...alone, atMost: 200 }, '≤ 200', 80, 'ok'],
    [{ ...alone, atMost: 40 }, '≤ 40', 80, 'missed by 100 %'],
  ])('%j', (goal, text, reached, verdict) => {
    expect(judge(goal, [round(70, 100), round(80, 100), round(90, 100)])).toMatchObject({
      goal: text,
      reached,
      verdict,
    });
  });

  it('describes the goal with load, contestants and figure', () => {
    expect(judge({ ...ratio, atLeast: 1 }, [round(1, 1)])?.line).toBe('GET 1 B: ours ÷ theirs, requests/s');
    expect(judge({ ...alone, atLeast: 1 }, [round(1, 1)])?.line).toBe('GET 1 B: ours, requests/s');
  });

  it('reports a goal as not measured when every round is void', () => {
    const gone = { void: 'gone' };
    expect(judge({ ...ratio, atLeast: 1 }, [{ ours: gone, theirs: gone }])).toMatchObject({
      reached: undefined,
      verdict: 'not measured',
    });
  });

  it('leaves out goals of loads that were not selected', () => {
    expect(judge({ ...ratio, load: 'other', atLeast: 1 }, [round(1, 1)])).toBeUndefined();
  });
});
