import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createPassiveChecker } from '../../src/health/passive-checker.ts';
import { collectLog } from '../support/collect-log.ts';
import { makePool } from '../support/make-pool.ts';

const scene = (maxFails = 1, size = 2) => {
  const clock = createFakeClock();
  const log = collectLog();
  const pool = makePool(size);
  const checker = createPassiveChecker({ limits: { maxFails, failWindowMs: 10_000 }, clock, logger: log });
  const [first, second] = pool.upstreams;
  if (!first || !second) throw new Error('a pool of two at least');
  return { clock, log, pool, checker, first, second };
};

const line = 'upstream server temporarily disabled';

describe('createPassiveChecker', () => {
  it('ejects at the first failure by default, and logs it in the words of nginx', () => {
    const { checker, first, pool, log } = scene();
    checker.failed(first, pool, 'refused');
    expect(first).toMatchObject({ state: 'ejected', reason: 'refused' });
    expect(log.events).toEqual([
      { level: 'warn', message: line, fields: { upstream: '127.0.0.1:1', pool: 'api', reason: 'refused' } },
    ]);
  });

  it('ejects only after `maxFails` failures within the window', () => {
    const { checker, first, pool, clock } = scene(3);
    checker.failed(first, pool, 'broke');
    checker.failed(first, pool, 'broke');
    clock.advance(10_000);
    checker.failed(first, pool, 'broke');
    checker.failed(first, pool, 'broke');
    expect(first.ejected).toBe(false);
    clock.advance(9_999);
    checker.failed(first, pool, 'broke');
    expect(first.ejected).toBe(true);
  });

  it('counts failures from zero after a response', () => {
    const { checker, first, pool } = scene(2);
    checker.failed(first, pool, 'broke');
    checker.passed(first);
    checker.failed(first, pool, 'broke');
    expect(first.ejected).toBe(false);
  });

  it('never ejects the last available upstream, however often it fails', () => {
    const { checker, first, second, pool, log } = scene();
    checker.failed(second, pool, 'refused');
    for (let failure = 0; failure < 20; failure += 1) checker.failed(first, pool, 'refused');
    expect(first.available).toBe(true);
    expect(log.count(line)).toBe(1);
  });

  it('does not count draining and unhealthy upstreams as available others', () => {
    const { checker, first, second, pool } = scene();
    second.setDraining(true);
    checker.failed(first, pool, 'refused');
    second.setDraining(false);
    second.setHealthy(false);
    checker.failed(first, pool, 'refused');
    expect(first.available).toBe(true);
  });

  it('restores an ejected upstream after the window', () => {
    const { checker, first, pool, clock } = scene();
    checker.failed(first, pool, 'refused');
    clock.advance(9_999);
    expect(first.available).toBe(false);
    clock.advance(1);
    expect(first.available).toBe(true);
  });

  it('does not end a second ejection with the timer of the first', () => {
    const { checker, first, pool, clock } = scene();
    checker.failed(first, pool, 'refused');
    clock.advance(6_000);
    first.setHealthy(true);
    checker.failed(first, pool, 'refused');
    clock.advance(4_000);
    expect(first.ejected).toBe(true);
    clock.advance(6_000);
    expect(first.ejected).toBe(false);
  });

  it('never ejects with maxFails 0', () => {
    const { checker, first, pool } = scene(0);
    for (let failure = 0; failure < 20; failure += 1) checker.failed(first, pool, 'refused');
    expect(first.available).toBe(true);
  });

  it('leaves no timer when it is stopped', () => {
    const { checker, first, pool, clock } = scene();
    checker.failed(first, pool, 'refused');
    checker.stop();
    expect(clock.waiting).toBe(0);
  });
});
