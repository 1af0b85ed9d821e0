import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '@tripod/shared/config/config-error';
import { type Budget, checkBudget, divideShare, heapOptionOf } from '../../src/budget/budget.ts';

const share = (cpus: number, memoryMb: number) => ({ cpus, memoryMb });
const budget: Budget = {
  ...share(1.5, 1024),
  shares: { proxy: share(0.3, 256), nginx: share(0.2, 128), api: share(0.7, 512), postgres: share(0.5, 256) },
};
const running = ['proxy', 'api', 'postgres'];
const alternatives = ['proxy', 'nginx'];

const problemsOf = (change: Partial<Budget>, services = running): readonly string[] => {
  try {
    checkBudget({ ...budget, ...change }, { running: services, alternatives });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ source, problem }) => `${source} ${problem}`);
  }
  return [];
};

describe('a budget', () => {
  it('is accepted when its shares add up to it, with the larger share of two load balancers', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({}, ['nginx', 'api'])).toEqual([]);
  });

  it('is refused with the sums of its shares when they differ from it', () => {
    expect(problemsOf({ cpus: 1.6, memoryMb: 1000 })).toEqual([
      '#/budget/shares must add up to 1.6 CPUs, and add up to 1.5',
      '#/budget/shares must add up to 1000 MB, and add up to 1024',
    ]);
  });

  it('is refused when a service that runs has no share', () => {
    expect(problemsOf({}, [...running, 'worker'])).toEqual([
      '#/budget/shares has no share for worker, which runs',
    ]);
  });

  it('gives each copy of a service the same part of its share, and its heap what Node leaves of the memory', () => {
    expect(divideShare(share(0.7, 512), 2)).toEqual(share(0.35, 256));
    expect(divideShare(share(0.7, 512), 0)).toEqual(share(0.7, 512));
    const heapOf = (memoryMb: number) => heapOptionOf(share(1, memoryMb));
    expect(heapOf(1000)).toBe('--max-old-space-size=600');
    expect(heapOf(200)).toBe('--max-old-space-size=100');
    expect(heapOf(64)).toBe('--max-old-space-size=48');
  });
});
