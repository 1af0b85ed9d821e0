import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createAccessLog } from '../../src/forwarding/access-log.ts';
import { Exchange } from '../../src/forwarding/exchange.ts';
import { RetryBudget } from '../../src/forwarding/retry.ts';
import { collectLog } from '../support/collect-log.ts';
import { makePool, makeRequest, makeRoute } from '../support/make-pool.ts';

const request = {
  ...makeRequest({ target: '/a?b', clientAddress: '10.0.0.1' }),
  protocol: 'HTTP/1.1',
  requestId: 'request-1',
  userAgent: 'curl',
  referer: undefined,
};

const scene = () => {
  const clock = createFakeClock();
  const log = collectLog();
  const nothing = (): void => undefined;
  const observer = {
    received: nothing,
    attemptBegan: nothing,
    attemptEnded: nothing,
    finished: createAccessLog(log),
  };
  const exchange = new Exchange({ clock, observer, budget: new RetryBudget(clock) }, request);
  const route = makeRoute({ pool: makePool(3) });
  return { clock, log, exchange, route };
};

describe('createAccessLog', () => {
  it('logs every upstream that was tried, the result and the duration', () => {
    const { clock, log, exchange, route } = scene();
    const first = exchange.startAttempt(route);
    clock.advance(5);
    if (first) exchange.failAttempt(first, 'refused', true);
    const second = exchange.startAttempt(route);
    clock.advance(20);
    if (second) exchange.receivedHead(second, 200);
    exchange.bytes = 7;
    exchange.finish(200);
    expect(log.requests).toEqual([
      {
        method: 'GET',
        url: '/a?b',
        status: 200,
        bytes: 7,
        durationMs: 25,
        requestId: 'request-1',
        code: undefined,
        protocol: 'HTTP/1.1',
        client: '10.0.0.1',
        userAgent: 'curl',
        referer: undefined,
        upstream: '127.0.0.1:1, 127.0.0.1:2',
        upstreamStatus: 'refused, 200',
        upstreamMs: '5, 20',
        tries: 2,
      },
    ]);
  });

  it('distinguishes a broken body and an abandoned attempt from a response', () => {
    const broken = scene();
    const attempt = broken.exchange.startAttempt(broken.route);
    if (attempt) {
      broken.exchange.receivedHead(attempt, 200);
      attempt.brokeOff = true;
    }
    broken.exchange.finish(200);
    expect(broken.log.requests[0]?.upstreamStatus).toBe('200 broke off');
    const left = scene();
    left.exchange.startAttempt(left.route);
    left.exchange.finish(499);
    expect(left.log.requests[0]?.upstreamStatus).toBe('abandoned');
  });

  it('logs no upstream for a request that reached none', () => {
    const { log, exchange } = scene();
    exchange.finish(404);
    expect(log.requests[0]).toMatchObject({ client: '10.0.0.1', upstream: undefined, tries: 0 });
  });
});
