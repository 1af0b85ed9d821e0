import { describe, expect, it } from '@jest/globals';
import { createFakeClock, type FakeClock } from '@tripod/testing/fake-clock';
import type { Upstream } from '../../src/balancing/upstream.ts';
import { ActiveChecker } from '../../src/health/active-checker.ts';
import type { ProbeResult } from '../../src/health/probe.ts';
import { type CollectedLog, collectLog } from '../support/collect-log.ts';
import { makeUpstream } from '../support/make-pool.ts';

const passed: ProbeResult = { kind: 'passed' };
const failed: ProbeResult = { kind: 'failed', reason: 'connection refused' };
const noPath: ProbeResult = { kind: 'no-path' };

/** Lets the promises of an answered check run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Scene = {
  readonly upstream: Upstream;
  readonly clock: FakeClock;
  readonly log: CollectedLog;
  readonly checker: ActiveChecker;
  /** The kinds of the checks so far: `path` or `connect`. */
  readonly asked: string[];
  /** Reasons why a check could not be made. */
  readonly shortages: readonly string[];
  /** The upstream, once for each call of `onDead`. */
  readonly dead: readonly Upstream[];
  /** Ends the check under way. */
  answer(result: ProbeResult): Promise<void>;
};

const begin = (options: { fall?: number; rise?: number; healthy?: boolean } = {}): Scene => {
  const { fall = 2, rise = 1, healthy = true } = options;
  const upstream = makeUpstream(1, { healthy });
  const clock = createFakeClock();
  const log = collectLog();
  const asked: string[] = [];
  const shortages: string[] = [];
  const dead: Upstream[] = [];
  let waiting: ((result: ProbeResult) => void) | undefined;
  const ask = (how: string) => (): Promise<ProbeResult> => {
    asked.push(how);
    return new Promise((resolve) => {
      waiting = resolve;
    });
  };
  const checker = new ActiveChecker({
    upstream,
    probe: ask('path'),
    connectProbe: ask('connect'),
    intervalMs: 1000,
    downIntervalMs: 250,
    fall,
    rise,
    queue: { add: (check) => void check() },
    onDead: (one) => void dead.push(one),
    onShortage: (reason) => void shortages.push(reason),
    clock,
    logger: log,
  });
  checker.start();
  return {
    upstream,
    clock,
    log,
    checker,
    asked,
    shortages,
    dead,
    answer: async (result) => {
      waiting?.(result);
      waiting = undefined;
      await settle();
    },
  };
};

describe('ActiveChecker', () => {
  it('updates the reason of an upstream that has never passed, without a log line for each check', async () => {
    const { upstream, answer, log } = begin({ healthy: false });
    expect(upstream.checked).toBe(false);
    await answer(failed);
    expect(upstream).toMatchObject({ state: 'unhealthy', reason: 'connection refused', checked: true });
    expect(log.events).toEqual([]);
  });

  it('checks at once, then once per interval', async () => {
    const { asked, answer, clock } = begin();
    expect(asked).toHaveLength(1);
    await answer(passed);
    clock.advance(999);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('reports an upstream once that has been unhealthy for 2 s', async () => {
    const { upstream, answer, clock, dead } = begin();
    const failFor = async (checks: number): Promise<void> => {
      for (let check = 0; check < checks; check += 1) {
        await answer(failed);
        clock.advance(250);
      }
    };
    await failFor(2);
    expect(upstream.healthy).toBe(false);
    await failFor(7);
    expect(dead).toEqual([]);
    await failFor(20);
    expect(dead).toEqual([upstream]);
    await answer(passed);
    clock.advance(1000);
    await failFor(20);
    expect(dead).toEqual([upstream, upstream]);
  });

  it('never has two checks under way', () => {
    const { asked, clock } = begin();
    clock.advance(60_000);
    expect(asked).toHaveLength(1);
  });

  it('marks an upstream unhealthy after `fall` failures in a row, and logs the reason', async () => {
    const { upstream, answer, clock, log } = begin({ fall: 3 });
    for (let failure = 1; failure <= 2; failure += 1) {
      await answer(failed);
      expect(upstream.available).toBe(true);
      clock.advance(250);
    }
    await answer(failed);
    expect(upstream).toMatchObject({ state: 'unhealthy', reason: 'connection refused' });
    expect(log.count('upstream server is unhealthy')).toBe(1);
  });

  it('counts failures from zero after a pass', async () => {
    const { upstream, answer, clock } = begin({ fall: 2 });
    for (const result of [failed, passed, failed, passed, failed]) {
      await answer(result);
      clock.advance(1000);
    }
    expect(upstream.available).toBe(true);
  });

  it('checks every 250 ms while checks fail, and logs once that the upstream is unhealthy', async () => {
    const { asked, answer, clock, log } = begin({ fall: 1 });
    for (let check = 1; check <= 4; check += 1) {
      expect(asked).toHaveLength(check);
      await answer(failed);
      clock.advance(250);
    }
    expect(log.count('upstream server is unhealthy')).toBe(1);
  });

  it('marks an upstream healthy after `rise` passes in a row, and logs it', async () => {
    const { upstream, answer, clock, log } = begin({ fall: 1, rise: 2 });
    for (const result of [failed, passed, failed, passed]) {
      await answer(result);
      expect(upstream.available).toBe(false);
      clock.advance(250);
    }
    await answer(passed);
    expect(upstream.available).toBe(true);
    expect(log.count('upstream server is back')).toBe(1);
  });

  it('marks a new upstream healthy with its first passed check', async () => {
    const { upstream, answer, log } = begin({ healthy: false });
    expect(upstream.available).toBe(false);
    await answer(passed);
    expect(upstream.available).toBe(true);
    expect(log.count('upstream server joined')).toBe(1);
    expect(log.count('upstream server is back')).toBe(0);
  });

  it('does not warn about an upstream that stops while it is draining', async () => {
    const { upstream, answer, log } = begin({ fall: 1 });
    upstream.setDraining(true);
    await answer(failed);
    expect(upstream.healthy).toBe(false);
    expect(log.count('upstream server is unhealthy')).toBe(0);
  });

  it('restores an upstream that the passive checks ejected', async () => {
    const { upstream, answer } = begin();
    upstream.eject('broke');
    await answer(passed);
    expect(upstream.state).toBe('available');
  });

  it('checks by connecting when there is no health path, and logs that once', async () => {
    const { upstream, asked, answer, clock, log } = begin();
    await answer(noPath);
    for (let check = 0; check < 3; check += 1) {
      clock.advance(1000);
      await answer(passed);
    }
    expect(asked).toEqual(['path', 'connect', 'connect', 'connect']);
    expect(log.count('upstream has no health path: checked by connecting')).toBe(1);
    expect(upstream.available).toBe(true);
  });

  it('changes no state when a check cannot be made, and checks again after the interval', async () => {
    const { upstream, answer, clock, log, shortages, asked } = begin({ fall: 1 });
    await answer(passed);
    clock.advance(1000);
    await answer({ kind: 'unknown', reason: 'EMFILE' });
    expect([upstream.available, shortages, log.events]).toEqual([true, ['EMFILE'], []]);
    clock.advance(1000);
    expect(asked).toHaveLength(3);
  });

  it('logs once that an error status counts as healthy', async () => {
    const { upstream, answer, clock, log } = begin({ healthy: false });
    for (let check = 0; check < 3; check += 1) {
      await answer({ kind: 'passed', status: 401 });
      clock.advance(1000);
    }
    expect(upstream.healthy).toBe(true);
    expect(log.count('upstream answers its health path with an error status, which counts as healthy')).toBe(
      1,
    );
  });

  it('leaves no timer when it is stopped between two checks', async () => {
    const { checker, answer, clock, asked } = begin();
    await answer(passed);
    expect(clock.waiting).toBe(1);
    checker.stop();
    expect(clock.waiting).toBe(0);
    clock.advance(10_000);
    expect(asked).toHaveLength(1);
  });

  it('leaves no timer and changes no state when it is stopped during a check', async () => {
    const { checker, answer, clock, upstream } = begin({ fall: 1 });
    checker.stop();
    await answer(failed);
    expect(clock.waiting).toBe(0);
    expect(upstream.available).toBe(true);
  });
});
