import { describe, expect, it } from '@jest/globals';
import type { Load } from '../src/definition/load.ts';
import type { Contestant, Run } from '../src/definition/run.ts';
import { selectParts } from '../src/select-parts.ts';

const load = (name: string, contestants?: readonly string[]): Load => ({
  name,
  about: name,
  tool: 'wrk',
  path: '/',
  connections: 1,
  ...(contestants ? { contestants } : {}),
});
const contestant = (name: string): Contestant => ({
  name,
  about: name,
  start: () => Promise.reject(new Error('is not started')),
});
const run: Run = {
  about: 'a run',
  contestants: [contestant('a'), contestant('b'), contestant('c')],
  peer: 'b',
  chartTitle: 'a chart',
  programs: [],
  loads: [load('all'), load('of-a', ['a'])],
  goals: [],
  prepare: () => Promise.resolve([]),
};
const select = (only: readonly string[], contestants: readonly string[]) => {
  const parts = selectParts(run, { only, contestants });
  return [parts.loads.map(({ name }) => name), parts.contestants.map(({ name }) => name)];
};

describe('selectParts', () => {
  it.each([
    [[], [], ['all', 'of-a'], ['a', 'b', 'c']],
    [[], ['c', 'b'], ['all', 'of-a'], ['b', 'c']],
    [['all'], [], ['all'], ['a', 'b', 'c']],
    [['of-a'], [], ['of-a'], ['a']],
  ])('of loads %j and contestants %j takes %j and %j', (only, contestants, loads, names) => {
    expect(select(only, contestants)).toEqual([loads, names]);
  });

  it.each([
    [['al'], [], '--only does not know al: use all, of-a'],
    [[], ['d', 'e'], '--contestants does not know d, e: use a, b, c'],
  ])('refuses loads %j and contestants %j', (only, contestants, message) => {
    expect(() => select(only, contestants)).toThrow(message);
  });
});
