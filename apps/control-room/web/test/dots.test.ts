import { describe, expect, it } from '@jest/globals';
import { chooseRequestsPerDot, createDots, crossingMsOf, fallAt, maxDots } from '../src/dots.ts';

const flow = (requestsPerSecond: number, failuresPerSecond = 0, latencyMs: number | undefined = 5) => ({
  ...{ copy: 'api-1', requestsPerSecond, failuresPerSecond, latencyMs },
});

describe('control room page: moving dots', () => {
  it('draws each request while few are on their way, and says how many one dot stands for otherwise', () => {
    expect(chooseRequestsPerDot([flow(10)])).toBe(1);
    expect(chooseRequestsPerDot([flow(400)])).toBe(10);
    expect(chooseRequestsPerDot([flow(50_000)])).toBe(2000);
    expect(chooseRequestsPerDot([])).toBe(1);
  });

  it('shows real latencies on a log scale', () => {
    expect(crossingMsOf(1)).toBe(700);
    expect(crossingMsOf(100) - crossingMsOf(10)).toBeCloseTo(crossingMsOf(10) - crossingMsOf(1));
    expect(crossingMsOf(1e9)).toBe(crossingMsOf(10_000));
    expect(crossingMsOf(undefined)).toBe(crossingMsOf(1));
  });

  it('never has more than the largest number of dots, also when a tab was hidden for long', () => {
    const { dots, step } = createDots(() => 0);
    step(60_000, [flow(1000)], 1);
    expect(dots.length).toBe(maxDots);
    step(60_000, [flow(0)], 1);
    expect(dots.length).toBe(0);
  });

  it('lets a failed request fall out of the path at its copy and stay for two seconds', () => {
    const { dots, step } = createDots(() => 0);
    step(1000, [flow(1, 1)], 1);
    expect(dots.map(({ failed }) => failed)).toEqual([true]);
    const none = [flow(0)];
    while ((dots[0]?.progress ?? 1) < fallAt) step(100, none, 1);
    step(1900, none, 1);
    expect(dots.length).toBe(1);
    step(200, none, 1);
    expect(dots.length).toBe(0);
  });

  it('removes all dots for reduced motion', () => {
    const { dots, step, clear } = createDots(() => 0);
    step(1000, [flow(5)], 1);
    clear();
    expect(dots.length).toBe(0);
  });
});
