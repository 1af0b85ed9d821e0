import { expect, it } from '@jest/globals';
import { findBalancerEvent } from '../../src/readings/balancer-events.ts';

const ofProxy = (message: string, fields: object): string =>
  JSON.stringify({ time: '2026-01-01T10:00:00.000Z', level: 'info', name: 'proxy', message, ...fields });
const atMs = Date.parse('2026-01-01T10:00:00.000Z');
const address = '127.0.0.1:8083';

it.each([
  [
    'the passive checks of our proxy',
    ofProxy('upstream server temporarily disabled', { upstream: address, reason: 'refused' }),
    { kind: 'ejected', address, detail: 'refused', atMs },
  ],
  [
    'the active checks of our proxy',
    ofProxy('upstream server is unhealthy', { upstream: address, reason: 'status 503' }),
    { kind: 'ejected', address, detail: 'status 503', atMs },
  ],
  [
    'the return to our proxy',
    ofProxy('upstream server is back', { upstream: address }),
    { kind: 'back', address, detail: undefined, atMs },
  ],
  [
    'nginx',
    '2026/01/01 10:00:00 [warn] 7#7: *1 upstream server temporarily disabled while connecting to upstream, client: 127.0.0.1, server: _, request: "GET /api/a HTTP/1.1", upstream: "http://127.0.0.1:8083/a", host: "localhost"',
    { kind: 'ejected', address, detail: 'while connecting to upstream', atMs: undefined },
  ],
  ['another message', ofProxy('upstream server joined', { upstream: address }), undefined],
  ['a request', ofProxy('GET /?q=upstream server is back', { status: 200, upstream: address }), undefined],
  ['a line that is no JSON', 'upstream server is back', undefined],
])('the events of a load balancer are read from its log: %s', (_what, line, event) => {
  expect(findBalancerEvent(line)).toEqual(event);
});
