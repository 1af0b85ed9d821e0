import type { Case, Expectation, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import { isAnswered, releases, sees, sends } from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  ok,
  response,
  says,
  saysAndCloses,
  saysAndResets,
  saysOk,
} from '../case/upstream-scripts.ts';
import { asHttp10, get, post, request } from '../wire/request-text.ts';

const keep = asHttp10(get('Connection: Keep-Alive'));
const plain = asHttp10(get());
const chunks = response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('hello')}${lastChunk}`);
const large = 'abcdefghij'.repeat(20_000);

const row = (rule: string, send: string, expect: Expectation, script: Script = saysOk): Case => ({
  rule,
  send,
  upstreams: [[script]],
  expect,
});

export const http10: Topic = {
  name: 'HTTP/1.0',
  cases: [
    row('a request of HTTP/1.0 is answered, and its connection ends', plain, {
      status: 200,
      body: 'ok',
      connection: 'closes',
      lacks: [/^transfer-encoding/],
    }),
    row('it goes upstream as HTTP/1.1', plain, { status: 200, upstream: { version: 'HTTP/1.1' } }),
    row('it need not have a Host, and the upstream gets one', 'GET /~/x HTTP/1.0\r\n\r\n', {
      status: 200,
      upstream: { has: [/^host: ./] },
    }),
    row('its Host goes on when it has one', plain, { status: 200, upstream: { has: ['host: a'] } }),
    row('ab -k: its connection stays when it asks for that, and is told so', keep, {
      status: 200,
      connection: 'stays',
      framing: 'length',
      has: [/^connection: keep-alive$/i],
    }),
    {
      rule: 'ab -k: one connection carries many requests',
      steps: [sends(keep), isAnswered(1), sends(keep), isAnswered(2), sends(keep)],
      expect: { status: [200, 200, 200], upstream: { requests: 3, connections: 1 } },
    },
    row('ab: a connection that was not asked to stay says close or nothing', plain, {
      status: 200,
      lacks: [/^connection: keep-alive/i],
    }),
    row(
      'its connection stays after an empty body',
      keep,
      { status: 200, connection: 'stays' },
      says(response('200 OK', ['Content-Length: 0'])),
    ),
    row(
      'a chunked body comes without chunks, and the connection ends',
      keep,
      {
        status: 200,
        body: 'hello',
        framing: 'close',
        connection: 'closes',
        lacks: [/^transfer-encoding/, /^connection: keep-alive/i],
      },
      says(chunks),
    ),
    row(
      'a body that ends with the connection does so here, too',
      keep,
      {
        status: 200,
        body: 'hello',
        framing: 'close',
        connection: 'closes',
        lacks: [/^connection: keep-alive/i],
      },
      saysAndCloses(response('200 OK', [], 'hello')),
    ),
    row(
      'a 304 leaves the connection open',
      keep,
      { status: 304, connection: 'stays' },
      says(response('304 Not Modified', [])),
    ),
    row(
      'a 204 leaves the connection open',
      keep,
      { status: 204, connection: 'stays' },
      says(response('204 No Content', [])),
    ),
    row('HEAD by length leaves the connection open', keep.replace('GET', 'HEAD'), {
      status: 200,
      connection: 'stays',
    }),
    row('a body by length goes on', asHttp10(post('hello')), {
      status: 200,
      upstream: { body: 'hello', framing: 'length' },
    }),
    row('a POST with a kept connection leaves it open', asHttp10(post('hello', 'Connection: keep-alive')), {
      status: 200,
      connection: 'stays',
    }),
    row('an expectation means nothing', asHttp10(post('hello', 'Expect: 100-continue')), {
      status: 200,
      interim: [],
    }),
    row('an expectation that nobody knows means nothing', asHttp10(get('Expect: wonders')), { status: 200 }),
    row(
      'it is sent no interim responses',
      plain,
      { status: 200, interim: [] },
      says('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', ok()),
    ),
    row('an upgrade means nothing', asHttp10(get('Connection: Upgrade', 'Upgrade: echo')), {
      status: 200,
      upstream: { lacks: [/^upgrade/] },
    }),
    row('close wins over keep-alive', asHttp10(get('Connection: keep-alive, close')), {
      status: 200,
      connection: 'closes',
    }),
    row(
      'an error of the proxy is answered too, and a kept connection stays',
      asHttp10(request('GET /nowhere', ['Connection: keep-alive'])),
      { status: 404, connection: 'stays' },
    ),
    row('an error of the proxy ends a connection that was not to stay', asHttp10(request('GET /nowhere')), {
      status: 404,
      connection: 'closes',
    }),
    row('the answer says HTTP/1.1, the version of the proxy', plain, { status: 200, body: 'ok' }),
    {
      rule: 'a body by length that breaks off is no whole answer',
      upstreams: [[saysAndCloses(response('200 OK', ['Content-Length: 900000'], large))]],
      steps: [sends(plain), sees('abc')],
      expect: { status: 200, broken: true, connection: 'closes' },
    },
    {
      rule: 'chunks that break off end in a reset: an end would make them whole',
      upstreams: [[saysAndResets(response('200 OK', ['Transfer-Encoding: chunked'], chunk(large)))]],
      steps: [sends(plain), sees('abc'), releases],
      expect: { status: 200, broken: true, connection: 'closes' },
    },
    {
      rule: 'a body without a length that a reset cuts off ends in a reset',
      upstreams: [[saysAndResets(response('200 OK', [], large))]],
      steps: [sends(plain), sees('abc'), releases],
      expect: { status: 200, broken: true, connection: 'closes' },
    },
  ],
};
