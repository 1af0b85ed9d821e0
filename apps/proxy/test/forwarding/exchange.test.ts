import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import fc from 'fast-check';
import type { UpstreamPool } from '../../src/balancing/upstream-pool.ts';
import { Exchange, type ExchangeRequest } from '../../src/forwarding/exchange.ts';
import { type AttemptFailure, RetryBudget } from '../../src/forwarding/retry.ts';
import { aRequest, makePool, makeRoute } from '../support/make-pool.ts';

const request: ExchangeRequest = {
  ...aRequest,
  protocol: 'HTTP/1.1',
  requestId: 'request-1',
  userAgent: undefined,
  referer: undefined,
};

const scene = (size: number) => {
  const clock = createFakeClock();
  const pool = makePool(size);
  const route = makeRoute({ pool });
  const told = { received: 0, began: 0, ended: 0, finished: 0 };
  const count = (step: keyof typeof told) => () => {
    told[step] += 1;
  };
  const observer = {
    received: count('received'),
    attemptBegan: count('began'),
    attemptEnded: count('ended'),
    finished: count('finished'),
  };
  const context = { clock, observer, budget: new RetryBudget(clock) };
  const begin = (method = 'GET'): Exchange => new Exchange(context, { ...request, method });
  return { clock, pool, route, told, begin };
};

const inFlight = (pool: UpstreamPool): number =>
  pool.upstreams.reduce((sum, upstream) => sum + upstream.inFlight, 0);

describe('Exchange', () => {
  it('counts requests in flight correctly for every ending, and notifies the observer of each step once', () => {
    const failure = fc.constantFrom<AttemptFailure>(
      'refused',
      'connect-timeout',
      'broke',
      'invalid-head',
      'response-timeout',
    );
    const ending = fc.constantFrom('answered', 'answered and left', 'left');
    const one = fc.record({
      method: fc.constantFrom('GET', 'POST'),
      failures: fc.array(fc.record({ failure, reused: fc.boolean() }), { maxLength: 5 }),
      ending,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(one, { maxLength: 10 }), (size, plans) => {
        const { pool, route, told, begin } = scene(size);
        for (const { method, failures, ending: last } of plans) {
          const exchange = begin(method);
          let attempt = exchange.startAttempt(route);
          for (const plan of failures) {
            if (!attempt) break;
            expect(inFlight(pool)).toBe(1);
            attempt.reused = plan.reused && !attempt.fresh;
            const decision = exchange.failAttempt(attempt, plan.failure, true);
            expect(inFlight(pool)).toBe(0);
            const before = attempt;
            attempt =
              decision === 'stop'
                ? undefined
                : decision === 'next'
                  ? exchange.startAttempt(route)
                  : exchange.retryOnFreshConnection(before);
            if (decision === 'next') expect(attempt?.upstream).not.toBe(before.upstream);
          }
          if (attempt && last !== 'left') exchange.receivedHead(attempt, 200);
          if (attempt && last === 'answered') exchange.endAttempt(attempt);
          exchange.finish(200);
          exchange.finish(499);
          expect(inFlight(pool)).toBe(0);
          const tried = exchange.attempts.filter(({ fresh }) => !fresh).map(({ upstream }) => upstream);
          expect(new Set(tried).size).toBe(tried.length);
          expect(tried.length).toBeLessThanOrEqual(3);
        }
        expect(told.began).toBe(told.ended);
        expect(told).toMatchObject({ received: plans.length, finished: plans.length });
        const counted = pool.upstreams.reduce((sum, { counters }) => sum + counters.requests, 0);
        expect(counted).toBe(told.began);
      }),
    );
  });

  it.each<[string, readonly AttemptFailure[], string]>([
    ['none was available', [], 'PROXY_NO_UPSTREAM'],
    ['each refused', ['refused', 'refused'], 'PROXY_NO_UPSTREAM'],
    ['one was reached and broke', ['refused', 'broke'], 'PROXY_UPSTREAM_FAILED'],
    ['one sent garbage', ['invalid-head', 'refused'], 'PROXY_UPSTREAM_FAILED'],
    ['one did not answer in time', ['refused', 'response-timeout'], 'PROXY_UPSTREAM_TIMEOUT'],
    ['one could not be connected in time', ['connect-timeout', 'refused'], 'PROXY_UPSTREAM_TIMEOUT'],
  ])('has the right error for the client when %s', (_what, failures, code) => {
    const { route, begin } = scene(failures.length);
    const exchange = begin();
    for (const failure of failures) {
      const attempt = exchange.startAttempt(route);
      if (attempt) exchange.failAttempt(attempt, failure, true);
    }
    expect(exchange.startAttempt(route)).toBeUndefined();
    const error = exchange.toError();
    expect(error.code).toBe(code);
    expect(error.headers['Retry-After']).toBe(code === 'PROXY_NO_UPSTREAM' ? '1' : undefined);
  });

  it.each<[string, string, readonly AttemptFailure[], boolean]>([
    ['a POST that broke', 'POST', ['broke'], true],
    ['a PATCH that met garbage after a refusal', 'PATCH', ['refused', 'invalid-head'], true],
    ['a POST without an answer in time', 'POST', ['response-timeout'], true],
    ['a POST that all refused', 'POST', ['refused', 'refused'], false],
    ['a POST that could not be connected in time', 'POST', ['connect-timeout'], false],
    ['a GET that broke', 'GET', ['broke'], false],
    ['a PUT that broke', 'PUT', ['broke'], false],
    ['a DELETE without an answer in time', 'DELETE', ['response-timeout'], false],
  ])('states for %s whether the request may have been carried out', (_what, method, failures, mayHave) => {
    const { route, begin } = scene(failures.length);
    const exchange = begin(method);
    for (const failure of failures) {
      const attempt = exchange.startAttempt(route);
      if (attempt) exchange.failAttempt(attempt, failure, true);
    }
    expect(exchange.toError().detail).toBe(
      mayHave ? 'The request may have been carried out: check before you send it again.' : undefined,
    );
  });

  it('spends no budget on retries without another upstream', () => {
    const { route, begin } = scene(1);
    const failOnce = (): string => {
      const exchange = begin();
      const attempt = exchange.startAttempt(route);
      return attempt ? exchange.failAttempt(attempt, 'broke', true) : 'none';
    };
    for (let request = 0; request < 50; request += 1) expect(failOnce()).toBe('stop');
    const [only] = route.pool.upstreams;
    expect(only?.counters.retries).toBe(0);
  });

  it('stops retrying 10 s after the request was received', () => {
    const { clock, route, begin } = scene(3);
    const exchange = begin();
    const attempt = exchange.startAttempt(route);
    clock.advance(10_000);
    expect(attempt && exchange.failAttempt(attempt, 'response-timeout', true)).toBe('stop');
  });
});
