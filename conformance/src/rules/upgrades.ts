import type { Case, Expectation, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import {
  closeClient,
  halfCloseClient,
  releaseUpstream,
  resetClient,
  type Step,
  sendText,
  waitForAnswers,
  waitForClose,
  waitForText,
  waitForUpstreamClose,
  waitForUpstreamText,
} from '../case/steps.ts';
import {
  neverRespond,
  ok,
  resetConnection,
  respond,
  respondOk,
  respondThenClose,
  response,
  switchProtocol,
} from '../case/upstream-scripts.ts';
import { get, request } from '../wire/request-text.ts';

const asked = get('Connection: Upgrade', 'Upgrade: echo', 'Sec-WebSocket-Key: k');

const row = (rule: string, steps: readonly Step[], expect: Expectation, more: Partial<Case> = {}): Case => ({
  rule,
  upstreams: [[switchProtocol(), respondOk]],
  steps,
  expect,
  ...more,
});

/** The upstream does not switch protocols: an ordinary response. */
const declined = (rule: string, send: string, expect: Expectation, script: Script = respondOk): Case => ({
  rule,
  send,
  upstreams: [[script, respondOk]],
  expect,
});

const switched = { status: 101, has: ['upgrade: echo', /^connection: upgrade$/i] } as const;

export const upgrades: Topic = {
  name: 'Upgrades',
  cases: [
    row(
      'passes the request for an upgrade on',
      [sendText(asked), waitForText('101')],
      {
        ...switched,
        upstream: { requests: 1, has: ['upgrade: echo', /^connection: upgrade$/i, 'sec-websocket-key: k'] },
      },
      { ours: { logged: [101] } },
    ),
    row(
      'bytes after a 101 go both ways',
      [
        sendText(asked),
        waitForText('101'),
        sendText('hello'),
        waitForText('HELLO'),
        sendText('again'),
        waitForText('AGAIN'),
      ],
      switched,
    ),
    row(
      'bytes in a tunnel that look like a request are no request',
      [
        sendText(asked),
        waitForText('101'),
        sendText('get /~/x HTTP/1.1\r\n\r\n'),
        waitForText('HTTP/1.1\r\n\r\n'),
      ],
      { ...switched, upstream: { requests: 1 } },
    ),
    row(
      'binary data goes both ways through a tunnel',
      [sendText(asked), waitForText('101'), sendText('\x00\xff\x81\x7e'), waitForText('\x00\xff\x81\x7e')],
      switched,
    ),
    row(
      'bytes that a client sends with its upgrade request are not lost',
      [sendText(`${asked}hello`), waitForText('HELLO')],
      switched,
    ),
    row(
      'bytes that an upstream sends with its 101 are not lost',
      [sendText(asked), waitForText('early')],
      switched,
      {
        upstreams: [[switchProtocol('early')]],
      },
    ),
    row(
      '200,000 bytes go both ways through a tunnel',
      [
        sendText(asked),
        waitForText('101'),
        sendText('x'.repeat(200_000)),
        (stage) => stage.until('all of it', () => stage.received().split('X').length > 200_000),
      ],
      { status: 101 },
    ),
    row(
      'a tunnel that the upstream closes is closed for the client',
      [sendText(asked), waitForText('101'), sendText('bye'), waitForText('BYE'), waitForClose],
      { ...switched, connection: 'closes' },
    ),
    row(
      'a tunnel that the upstream resets is closed for the client',
      [sendText(asked), waitForText('101'), sendText('cut'), waitForClose],
      {
        ...switched,
        connection: 'closes',
      },
    ),
    row(
      'a tunnel that the client half-closes is half-closed for the upstream',
      [
        sendText(asked),
        waitForText('101'),
        halfCloseClient,
        (stage) =>
          stage.until(
            'the end to reach the upstream',
            () => stage.ended() || stage.upstreams.every((one) => one.open() === 0),
          ),
      ],
      switched,
      { upstreams: [[switchProtocol('', undefined, true)]] },
    ),
    row(
      'a tunnel that the client closes leaves nothing open',
      [sendText(asked), waitForText('101'), closeClient, waitForUpstreamClose],
      switched,
      { upstreams: [[switchProtocol('', undefined, true)]] },
    ),
    row(
      'a tunnel that the client resets leaves nothing open',
      [sendText(asked), waitForText('101'), resetClient, waitForUpstreamClose],
      switched,
      { upstreams: [[switchProtocol('', undefined, true)]] },
    ),
    row(
      'a client reset before the 101 leaves nothing open',
      [sendText(asked), waitForUpstreamText('/x'), resetClient, releaseUpstream, waitForUpstreamClose],
      {},
      { upstreams: [[neverRespond]], ours: { logged: [499] } },
    ),
    row(
      'the protocol name is passed on unchanged both ways',
      [sendText(get('Connection: keep-alive, Upgrade', 'Upgrade: WebSocket')), waitForText('101')],
      { status: 101, has: ['upgrade: WebSocket'], upstream: { has: ['upgrade: WebSocket'] } },
      {
        upstreams: [
          [switchProtocol('', ['Connection: upgrade', 'Upgrade: WebSocket', 'Sec-WebSocket-Accept: y'])],
        ],
      },
    ),
    row(
      'headers of the 101 reach the client',
      [sendText(asked), waitForText('101')],
      { status: 101, has: ['sec-websocket-accept: y'] },
      {
        upstreams: [
          [switchProtocol('', ['Connection: upgrade', 'Upgrade: echo', 'Sec-WebSocket-Accept: y'])],
        ],
      },
    ),
    row(
      'an upgrade request carries the forwarded headers and the request id',
      [sendText(asked), waitForText('101')],
      {
        status: 101,
        upstream: { has: ['x-forwarded-for: 127.0.0.1', /^x-request-id: ./] },
      },
    ),
    row(
      'a header that Connection names besides Upgrade is not passed on',
      [sendText(get('Connection: Upgrade, X-Secret', 'Upgrade: echo', 'X-Secret: 1')), waitForText('101')],
      { status: 101, upstream: { lacks: [/^x-secret/] } },
    ),
    row(
      'the second request on a connection may ask for an upgrade',
      [
        sendText(get()),
        waitForAnswers(1),
        sendText(asked),
        waitForText('101'),
        sendText('hello'),
        waitForText('HELLO'),
      ],
      { status: [200, 101] },
      { upstreams: [[respondOk, switchProtocol()]] },
    ),
    row(
      'an upgrade goes to the next upstream when the connect is refused',
      [sendText(asked), waitForText('101')],
      switched,
      {
        upstreams: ['refuses', [switchProtocol()]],
      },
    ),
    row(
      'an upgrade goes to the next upstream after a reset before the response',
      [sendText(asked), waitForText('101')],
      switched,
      {
        upstreams: [[resetConnection], [switchProtocol()]],
      },
    ),
    declined('a 200 to an upgrade request is passed on, and the connection stays open', asked, {
      status: 200,
      body: 'ok',
      connection: 'stays',
      lacks: [/^upgrade/],
    }),
    declined(
      'a 403 to an upgrade request is passed on, and the connection stays open',
      asked,
      { status: 403, body: 'no', connection: 'stays' },
      respond(response('403 No', ['Content-Length: 2'], 'no')),
    ),
    declined('a request after a declined upgrade is answered', asked + get(), {
      status: [200, 200],
    }),
    declined(
      'a 426 is passed on',
      get(),
      { status: 426, body: 'no' },
      respond(
        response('426 Upgrade Required', ['Upgrade: echo', 'Connection: Upgrade', 'Content-Length: 2'], 'no'),
      ),
    ),
    declined(
      'a 101 without an Upgrade is a 502',
      asked,
      { status: 502 },
      respondThenClose(response('101 Switching Protocols', ['Connection: Upgrade'])),
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
    declined('an upgrade without a route is a 404', asked.replace('/~/x', '/nowhere'), { status: 404 }),
    declined('an upgrade of an ambiguous path is refused', asked.replace('/~/x', '/~/a/../b'), {
      status: 400,
      connection: 'closes',
      upstream: { requests: 0 },
    }),
    {
      rule: 'an upgrade without an available upstream is a 503',
      send: asked,
      upstreams: ['refuses'],
      expect: { status: 503 },
      ours: { code: 'PROXY_NO_UPSTREAM' },
    },
    declined(
      'a request with a body may ask for an upgrade and get an ordinary response',
      request('POST /~/x', ['Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 5'], 'hello'),
      { status: 200, body: 'ok', upstream: { body: 'hello' } },
      respond(ok()),
    ),
  ],
};
