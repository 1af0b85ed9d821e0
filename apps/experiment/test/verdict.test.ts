import { describe, expect, it } from '@jest/globals';
import type { LoadResult } from '@tripod/load/report/load-result';
import type { RequestRecord } from '../src/load/request-record.ts';
import { findRecoveryMs } from '../src/verdict/find-recovery.ts';
import { findFigure, judge, withoutOwnFigures } from '../src/verdict/judge.ts';
import { measure, quantileOf } from '../src/verdict/measure.ts';
import type { Observation } from '../src/verdict/observation.ts';

const request = (beganMs: number, ms: number, more: Partial<RequestRecord> = {}): RequestRecord => ({
  beganMs,
  endedMs: beganMs + ms,
  method: 'GET',
  copy: 'api-1',
  failure: undefined,
  ...more,
});

/** A request each 10 ms; `msAt` tells how long each takes. */
const steady = (fromMs: number, toMs: number, msAt: (atMs: number) => number): readonly RequestRecord[] =>
  Array.from({ length: (toMs - fromMs) / 10 }, (_, index) => fromMs + index * 10).map((atMs) =>
    request(atMs, msAt(atMs)),
  );

const observe = (requests: readonly RequestRecord[], more: Partial<Observation> = {}): Observation => ({
  load: { requests, failedChecks: [], result: { checks: [] as LoadResult['checks'] } as LoadResult },
  beganMs: 0,
  endedMs: 10_000,
  settledMs: 5000,
  marks: [{ run: 'kill api-2', startedMs: 4000, beganMs: 4000, endedMs: 5000 }],
  changes: [],
  sent: undefined,
  rows: { before: [], between: [], after: [] },
  ...more,
});

describe('experiment: figures of a run', () => {
  it('counts a request that was under way at the fault as one of the method', () => {
    const measured = measure(
      observe([request(1000, 5), request(3990, 20, { failure: 'no response' }), request(6000, 7)]),
    );
    expect(measured.requests).toEqual({ before: 1, during: 1, after: 1 });
    expect(measured.failedIn).toEqual({ before: 0, during: 1, after: 0 });
    expect(measured.p99Ms).toEqual({ before: 5, during: 20, after: 7 });
    expect([measured.failed, measured.failures]).toEqual([1, { 'no response': 1 }]);
  });

  it('counts failed checks of the scenario with the failed requests', () => {
    const load = { ...observe([request(1000, 5)]).load, failedChecks: [{ kind: 'is missing', atMs: 6000 }] };
    const measured = measure(observe([], { load }));
    expect([measured.failed, measured.failedIn.after, measured.failures]).toEqual([
      1,
      1,
      { 'is missing': 1 },
    ]);
  });

  it('counts answers and shares of each copy in each phase, and 0 where one did not answer', () => {
    const from = (copy: string, ...times: readonly number[]) =>
      times.map((atMs) => request(atMs, 1, { copy }));
    const measured = measure(
      observe([...from('api-1', 1000, 4500, 4600, 6000), ...from('api-2', 1100, 6100, 6200, 6300)]),
    );
    expect(measured.counts.during).toEqual({ 'api-1': 2, 'api-2': 0 });
    expect(measured.shares.after).toEqual({ 'api-1': 0.25, 'api-2': 0.75 });
    expect(measured.copies).toEqual({ before: 2, during: 1, after: 2 });
  });

  it('names the copy that the proxy took out, with the times until then and until it was back', () => {
    const row = { name: 'api-2', service: 'api', port: 9002, state: 'ready' };
    const change = (atMs: number, state: string) => ({ atMs, port: 9002, state });
    const measured = measure(
      observe([], {
        changes: [change(0, 'available'), change(4200, 'ejected'), change(5300, 'available')],
        rows: { before: [{ ...row, pid: 1 }], between: [], after: [{ ...row, pid: 2 }] },
      }),
    );
    expect(measured.ejectedAfterMs).toEqual({ 'api-2': 200 });
    expect(measured.backAfterMs).toEqual({ 'api-2': 1300 });
    expect(measured.replaced).toEqual({ 'api-2': 1 });
  });

  it('adds up the lost and the repeated writes of the checks', () => {
    const checks = [{ name: 'stored', holds: false, detail: '', lost: 2, repeated: 1 }];
    const load = { ...observe([]).load, result: { checks } as unknown as LoadResult };
    expect(measure(observe([], { load })).writes).toEqual({ lost: 2, repeated: 1 });
  });

  it('takes the whole run as the time before when there was no method', () => {
    const measured = measure(observe([request(9000, 5)], { marks: [] }));
    expect(measured.requests).toEqual({ before: 1, during: 0, after: 0 });
    expect(measured.recoveredAfterMs).toBeUndefined();
  });

  it('has quantiles by the nearest rank, and 0 without values', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([quantileOf(hundred, 0.5), quantileOf(hundred, 0.99), quantileOf([], 0.99)]).toEqual([50, 99, 0]);
  });
});

describe('experiment: time until normal', () => {
  it('is the time from the fault until the p99 stays within 20 % for one second', () => {
    const requests = steady(0, 10_000, (atMs) => (atMs >= 4000 && atMs < 5000 ? 100 : 10));
    expect(findRecoveryMs(requests, 4000, 10_000)).toBe(1000);
  });

  it('is 0 when nothing changed, and undefined when response times stay high', () => {
    expect(
      findRecoveryMs(
        steady(0, 10_000, () => 10),
        4000,
        10_000,
      ),
    ).toBe(0);
    const slower = steady(0, 10_000, (atMs) => (atMs >= 4000 ? 13 : 10));
    expect(findRecoveryMs(slower, 4000, 10_000)).toBeUndefined();
  });

  it('does not call a second normal in which a request fails', () => {
    const requests = steady(0, 10_000, () => 10).map((one) =>
      one.beganMs === 5990 ? { ...one, failure: 'status 503' } : one,
    );
    expect(findRecoveryMs(requests, 5250, 10_000)).toBe(750);
  });

  it('is undefined without a request before the fault', () => {
    expect(
      findRecoveryMs(
        steady(5000, 10_000, () => 10),
        4000,
        10_000,
      ),
    ).toBeUndefined();
  });
});

describe('experiment: claims', () => {
  const measured = measure(observe([request(1000, 10), request(4500, 40, { failure: 'status 503' })]));

  it('hold within their limits and fail outside of them', () => {
    const judged = judge({ failed: { atMost: 0 }, 'failedIn.during': { atLeast: 1, atMost: 1 } }, measured);
    expect(judged).toEqual([
      { figure: 'failed', limit: 'at most 0', value: 1, holds: false },
      { figure: 'failedIn.during', limit: 'at least 1, at most 1', value: 1, holds: true },
    ]);
  });

  it('compare with another figure', () => {
    const limits = { atMost: 3, times: 'p99Ms.before' };
    expect(judge({ 'p99Ms.during': limits }, measured)).toEqual([
      { figure: 'p99Ms.during', limit: 'at most 3 × p99Ms.before', value: 40, holds: false },
    ]);
  });

  it('leave out what only our proxy reports for another load balancer', () => {
    const claims = {
      failed: { atMost: 0 },
      'ejectedAfterMs.api-2': { atMost: 1 },
      sentPerRequest: { atMost: 1 },
    };
    expect(withoutOwnFigures(claims)).toEqual({ failed: { atMost: 0 } });
  });

  it('hold for 0 against a multiple of 0', () => {
    const none = { atMost: 1, times: 'failures.status 500' };
    expect(judge({ 'failures.status 404': none }, measured)[0]?.holds).toBe(true);
  });

  it('fail for a figure that does not exist, and know that a failure which never happened has the count 0', () => {
    expect(judge({ 'shares.after.api-9': { atMost: 1 } }, measured)).toEqual([
      { figure: 'shares.after.api-9', limit: 'at most 1', holds: false },
    ]);
    expect(findFigure(measured, 'failures.status 500')).toBe(0);
  });
});
