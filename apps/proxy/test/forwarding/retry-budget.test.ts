import { describe, expect, it } from '@jest/globals';
import type { Clock } from '@tripod/shared/async/clock';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { RetryBudget } from '../../src/forwarding/retry.ts';

const earn = (budget: RetryBudget, clock: Clock, requests: number): void => {
  for (let request = 0; request < requests; request += 1) budget.earn(clock.monotonicMs());
};

/** Spends until it is refused, and returns the number of retries. */
const spendAll = (budget: RetryBudget): number => {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
};

describe('RetryBudget', () => {
  it('has 10 retries before any request', () => {
    expect(spendAll(new RetryBudget(createFakeClock()))).toBe(10);
  });

  it.each([
    [100, 20],
    [1000, 110],
    [5, 11],
  ])('has a tenth of %i requests and 10 more', (requests, retries) => {
    const clock = createFakeClock();
    const budget = new RetryBudget(clock);
    earn(budget, clock, requests);
    expect(spendAll(budget)).toBe(retries);
  });

  it('counts the requests of the last 10 s only', () => {
    const clock = createFakeClock();
    const budget = new RetryBudget(clock);
    earn(budget, clock, 1000);
    clock.advance(9_000);
    earn(budget, clock, 100);
    clock.advance(2_000);
    expect(spendAll(budget)).toBe(20);
  });

  it('returns spent retries after 10 s', () => {
    const clock = createFakeClock();
    const budget = new RetryBudget(clock);
    expect(spendAll(budget)).toBe(10);
    clock.advance(8_000);
    expect(budget.spend()).toBe(false);
    clock.advance(3_000);
    expect(spendAll(budget)).toBe(10);
  });

  it('starts again after a long time without requests', () => {
    const clock = createFakeClock();
    const budget = new RetryBudget(clock);
    earn(budget, clock, 1000);
    spendAll(budget);
    clock.advance(3_600_000);
    expect(spendAll(budget)).toBe(10);
  });
});
