import type { Case, Expectation, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import {
  halfCloses,
  isAnswered,
  isEnded,
  leaves,
  releases,
  resetsConnection,
  type Step,
  sees,
  sends,
  upstreamIsLeft,
  upstreamSees,
} from '../case/steps.ts';
import {
  isSilent,
  ok,
  resets,
  response,
  says,
  saysAndCloses,
  saysOk,
  switches,
} from '../case/upstream-scripts.ts';
import { get, request } from '../wire/request-text.ts';

const asked = get('Connection: Upgrade', 'Upgrade: echo', 'Sec-WebSocket-Key: k');

const row = (rule: string, steps: readonly Step[], expect: Expectation, more: Partial<Case> = {}): Case => ({
  rule,
  upstreams: [[switches(), saysOk]],
  steps,
  expect,
  ...more,
});

/** Not changed to another protocol: an ordinary answer. */
const declined = (rule: string, send: string, expect: Expectation, script: Script = saysOk): Case => ({
  rule,
  send,
  upstreams: [[script, saysOk]],
  expect,
});

const switched = { status: 101, has: ['upgrade: echo', /^connection: upgrade$/i] } as const;

export const upgrades: Topic = {
  name: 'Upgrades',
  cases: [
    row(
      'asks the upstream for the upgrade that a client wants',
      [sends(asked), sees('101')],
      {
        ...switched,
        upstream: { requests: 1, has: ['upgrade: echo', /^connection: upgrade$/i, 'sec-websocket-key: k'] },
      },
      { ours: { logged: [101] } },
    ),
    row(
      'what follows goes both ways',
      [sends(asked), sees('101'), sends('hello'), sees('HELLO'), sends('again'), sees('AGAIN')],
      switched,
    ),
    row(
      'bytes that look like a request are no request',
      [sends(asked), sees('101'), sends('get /~/x HTTP/1.1\r\n\r\n'), sees('HTTP/1.1\r\n\r\n')],
      { ...switched, upstream: { requests: 1 } },
    ),
    row(
      'bytes that are no text go both ways',
      [sends(asked), sees('101'), sends('\x00\xff\x81\x7e'), sees('\x00\xff\x81\x7e')],
      switched,
    ),
    row(
      'what a client sends with its request is not lost',
      [sends(`${asked}hello`), sees('HELLO')],
      switched,
    ),
    row('what an upstream sends with its answer is not lost', [sends(asked), sees('early')], switched, {
      upstreams: [[switches('early')]],
    }),
    row(
      '200,000 bytes go both ways',
      [
        sends(asked),
        sees('101'),
        sends('x'.repeat(200_000)),
        (stage) => stage.until('all of it', () => stage.received().split('X').length > 200_000),
      ],
      { status: 101 },
    ),
    row(
      'an upstream that ends it is passed on to the client',
      [sends(asked), sees('101'), sends('bye'), sees('BYE'), isEnded],
      { ...switched, connection: 'closes' },
    ),
    row('an upstream that cuts it off ends the client', [sends(asked), sees('101'), sends('cut'), isEnded], {
      ...switched,
      connection: 'closes',
    }),
    row(
      'a client that ends it is passed on to the upstream',
      [
        sends(asked),
        sees('101'),
        halfCloses,
        (stage) =>
          stage.until(
            'the end to reach the upstream',
            () => stage.ended() || stage.upstreams.every((one) => one.open() === 0),
          ),
      ],
      switched,
      { upstreams: [[switches('', undefined, true)]] },
    ),
    row(
      'a client that leaves leaves nothing open',
      [sends(asked), sees('101'), leaves, upstreamIsLeft],
      switched,
      { upstreams: [[switches('', undefined, true)]] },
    ),
    row(
      'a client that resets leaves nothing open',
      [sends(asked), sees('101'), resetsConnection, upstreamIsLeft],
      switched,
      { upstreams: [[switches('', undefined, true)]] },
    ),
    row(
      'a client that leaves before the answer leaves nothing open',
      [sends(asked), upstreamSees('/x'), resetsConnection, releases, upstreamIsLeft],
      {},
      { upstreams: [[isSilent]], ours: { logged: [499] } },
    ),
    row(
      'the name of the protocol goes both ways as it was written',
      [sends(get('Connection: keep-alive, Upgrade', 'Upgrade: WebSocket')), sees('101')],
      { status: 101, has: ['upgrade: WebSocket'], upstream: { has: ['upgrade: WebSocket'] } },
      {
        upstreams: [[switches('', ['Connection: upgrade', 'Upgrade: WebSocket', 'Sec-WebSocket-Accept: y'])]],
      },
    ),
    row(
      'headers of the 101 reach the client',
      [sends(asked), sees('101')],
      { status: 101, has: ['sec-websocket-accept: y'] },
      { upstreams: [[switches('', ['Connection: upgrade', 'Upgrade: echo', 'Sec-WebSocket-Accept: y'])]] },
    ),
    row('forwarded headers and the id go with it', [sends(asked), sees('101')], {
      status: 101,
      upstream: { has: ['x-forwarded-for: 127.0.0.1', /^x-request-id: ./] },
    }),
    row(
      'what a Connection names besides Upgrade ends here',
      [sends(get('Connection: Upgrade, X-Secret', 'Upgrade: echo', 'X-Secret: 1')), sees('101')],
      { status: 101, upstream: { lacks: [/^x-secret/] } },
    ),
    row(
      'the second request on a connection may ask for it',
      [sends(get()), isAnswered(1), sends(asked), sees('101'), sends('hello'), sees('HELLO')],
      { status: [200, 101] },
      { upstreams: [[saysOk, switches()]] },
    ),
    row('an upstream that refuses the connection is passed over', [sends(asked), sees('101')], switched, {
      upstreams: ['refuses', [switches()]],
    }),
    row('an upstream that resets before its answer is passed over', [sends(asked), sees('101')], switched, {
      upstreams: [[resets], [switches()]],
    }),
    declined('an answer that changes nothing is passed on, and the connection goes on', asked, {
      status: 200,
      body: 'ok',
      connection: 'stays',
      lacks: [/^upgrade/],
    }),
    declined(
      'a 403 instead of a change is passed on, and the connection goes on',
      asked,
      { status: 403, body: 'no', connection: 'stays' },
      says(response('403 No', ['Content-Length: 2'], 'no')),
    ),
    declined('a request behind one for an upgrade that was declined is answered', asked + get(), {
      status: [200, 200],
    }),
    declined(
      'a 426 tells the client what would be spoken',
      get(),
      { status: 426, body: 'no' },
      says(
        response('426 Upgrade Required', ['Upgrade: echo', 'Connection: Upgrade', 'Content-Length: 2'], 'no'),
      ),
    ),
    declined(
      'a 101 without an Upgrade is a 502',
      asked,
      { status: 502 },
      saysAndCloses(response('101 Switching Protocols', ['Connection: Upgrade'])),
    ),
    declined('an upgrade without Connection is an ordinary request', get('Upgrade: echo'), {
      status: 200,
      connection: 'stays',
      upstream: { lacks: [/^upgrade/] },
    }),
    declined(
      'Connection: upgrade without the name of a protocol is an ordinary request',
      get('Connection: Upgrade'),
      { status: 200, connection: 'stays', upstream: { lacks: [/^connection: upgrade/i] } },
    ),
    declined('an upgrade to nowhere is a 404', asked.replace('/~/x', '/nowhere'), { status: 404 }),
    declined('an upgrade of an ambiguous path is refused', asked.replace('/~/x', '/~/a/../b'), {
      status: 400,
      connection: 'closes',
      upstream: { requests: 0 },
    }),
    {
      rule: 'an upgrade without an upstream is a 503',
      send: asked,
      upstreams: ['refuses'],
      expect: { status: 503 },
      ours: { code: 'PROXY_NO_UPSTREAM' },
    },
    declined(
      'a request with a body may ask for an upgrade and be answered',
      request('POST /~/x', ['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 5'], 'hello'),
      { status: 200, body: 'ok', upstream: { body: 'hello' } },
      says(ok()),
    ),
  ],
};
