import { describe, expect, it } from '@jest/globals';
import { judgeGuess } from '../src/experiment-guess.ts';
import { type FlameNode, layOutFlame, listCostliest, shareOfMatches } from '../src/flame-layout.ts';

const leaf = (name: string, value: number, children: readonly FlameNode[] = []): FlameNode => ({
  name,
  value,
  children,
});
const parse = leaf('parse', 60, [leaf('readHeader', 40), leaf('parse', 10)]);
const root = leaf('all', 100, [leaf('write', 30), parse]);

describe('control room page: flame graph', () => {
  it('places functions by their share of the time, the costliest first', () => {
    expect(layOutFlame(root).map(({ node, depth, left, width }) => [node.name, depth, left, width])).toEqual([
      ['all', 0, 0, 1],
      ['parse', 1, 0, 0.6],
      ['readHeader', 2, 0, expect.closeTo(0.4)],
      ['parse', 2, expect.closeTo(0.4), expect.closeTo(0.1)],
      ['write', 1, 0.6, 0.3],
    ]);
  });

  it('gives a function the whole width when it is zoomed, below the functions that called it', () => {
    const frames = layOutFlame(root, [root, parse]);
    expect(frames.slice(0, 2).map(({ node, width }) => [node.name, width])).toEqual([
      ['all', 1],
      ['parse', 1],
    ]);
    expect(frames.map(({ node }) => node.name)).not.toContain('write');
  });

  it('counts the time of a function that calls itself once', () => {
    expect(shareOfMatches(root, 'PARSE')).toBeCloseTo(0.6);
    expect(shareOfMatches(root, ' ')).toBe(0);
    expect(listCostliest(root, 2)).toEqual([
      { name: 'readHeader', self: 0.4, total: 0.4 },
      { name: 'write', self: 0.3, total: 0.3 },
    ]);
    expect(listCostliest(root, 9).find(({ name }) => name === 'parse')).toEqual({
      name: 'parse',
      self: 0.2,
      total: 0.6,
    });
  });
});

describe('control room page: guess of an experiment', () => {
  const verdict = (failed: number) => ({
    ...{ experiment: 'kill', explain: '', holds: true },
    balancers: [
      {
        ...{ balancer: 'direct', holds: true, failed, writes: { lost: 0, repeated: 0 } },
        p99Ms: { before: 1, during: 2, after: 1 },
      },
    ],
  });

  it('compares the guess with what happened', () => {
    expect(judgeGuess(verdict(0), 'none')).toBe('No requests failed with direct. That is what you expected.');
    expect(judgeGuess(verdict(1), 'many')).toBe('1 request failed with direct. You expected: many fail.');
    expect(judgeGuess(verdict(1200), undefined)).toBe('1,200 requests failed with direct.');
  });
});
