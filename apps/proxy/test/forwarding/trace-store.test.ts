import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { Exchange } from '../../src/forwarding/exchange.ts';
import { RetryBudget } from '../../src/forwarding/retry.ts';
import { TraceStore } from '../../src/forwarding/trace-store.ts';
import { makeRequest } from '../support/make-pool.ts';

const clock = createFakeClock();
const ignore = (): void => undefined;
const observer = { received: ignore, attemptBegan: ignore, attemptEnded: ignore, finished: ignore };
const context = { clock, observer, budget: new RetryBudget(clock) };

const finished = (requestId: string, { status = 200, durationMs = 0, target = '/' } = {}): Exchange => {
  const facts = { protocol: 'HTTP/1.1', requestId, userAgent: undefined, referer: undefined };
  const exchange = new Exchange(context, { ...makeRequest({ target }), ...facts });
  clock.advance(durationMs);
  exchange.finish(status);
  return exchange;
};

describe('TraceStore', () => {
  it('keeps the last 10,000 of slow and failed requests, and no others', () => {
    const traces = new TraceStore({ traceSlowMs: 1000 }, clock);
    traces.offer(finished('quick', { durationMs: 999 }));
    traces.offer(finished('refused', { status: 404 }));
    expect(traces.list(1000)).toEqual([]);
    traces.offer(finished('slow', { durationMs: 1000 }));
    expect(traces.find('slow')).toMatchObject({ kept: ['slow'], durationMs: 1000 });
    for (let n = 0; n < 10_000; n += 1) traces.offer(finished(`failed-${n}`, { status: 502 }));
    expect(traces.find('slow')).toBeUndefined();
    expect(traces.find('failed-0')).toMatchObject({ kept: ['failed'] });
    expect(traces.list(2).map(({ requestId }) => requestId)).toEqual(['failed-9999', 'failed-9998']);
  });

  it('keeps the last request of a repeated id, and 500 characters of its URL', () => {
    const traces = new TraceStore({ traceSlowMs: 1000 }, clock);
    traces.offer(finished('same', { status: 500 }));
    traces.offer(finished('same', { status: 503, target: `/${'x'.repeat(8000)}` }));
    expect(traces.list(10)).toHaveLength(1);
    expect(traces.find('same')).toMatchObject({ status: 503, url: `/${'x'.repeat(499)}` });
  });
});
