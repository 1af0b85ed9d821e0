import type { Case, Expectation, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import { releaseUpstream, sendText, waitForAnswers, waitForText } from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  ok,
  respond,
  respondOk,
  respondThenClose,
  respondThenReset,
  response,
} from '../case/upstream-scripts.ts';
import { asHttp10, get, post, request } from '../wire/request-text.ts';

const keep = asHttp10(get('Connection: Keep-Alive'));
const plain = asHttp10(get());
const chunks = response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('hello')}${lastChunk}`);
const large = 'abcdefghij'.repeat(20_000);

const row = (rule: string, send: string, expect: Expectation, script: Script = respondOk): Case => ({
  rule,
  send,
  upstreams: [[script]],
  expect,
});

export const http10: Topic = {
  name: 'HTTP/1.0',
  cases: [
    row('an HTTP/1.0 request is answered, and its connection closes', plain, {
      status: 200,
      body: 'ok',
      connection: 'closes',
      lacks: [/^transfer-encoding/],
    }),
    row('an HTTP/1.0 request goes upstream as HTTP/1.1', plain, {
      status: 200,
      upstream: { version: 'HTTP/1.1' },
    }),
    row('an HTTP/1.0 request needs no Host, and the upstream gets one', 'GET /~/x HTTP/1.0\r\n\r\n', {
      status: 200,
      upstream: { has: [/^host: ./] },
    }),
    row('the Host of an HTTP/1.0 request is passed on', plain, {
      status: 200,
      upstream: { has: ['host: a'] },
    }),
    row('ab -k: Connection: keep-alive keeps an HTTP/1.0 connection open and is confirmed', keep, {
      status: 200,
      connection: 'stays',
      framing: 'length',
      has: [/^connection: keep-alive$/i],
    }),
    {
      rule: 'ab -k: one connection carries many requests',
      steps: [sendText(keep), waitForAnswers(1), sendText(keep), waitForAnswers(2), sendText(keep)],
      expect: { status: [200, 200, 200], upstream: { requests: 3, connections: 1 } },
    },
    row('ab: an HTTP/1.0 request without keep-alive gets no Connection: keep-alive', plain, {
      status: 200,
      lacks: [/^connection: keep-alive/i],
    }),
    row(
      'an HTTP/1.0 connection stays open after an empty body',
      keep,
      { status: 200, connection: 'stays' },
      respond(response('200 OK', ['Content-Length: 0'])),
    ),
    row(
      'an HTTP/1.0 client gets a chunked body without chunks, and the connection closes',
      keep,
      {
        status: 200,
        body: 'hello',
        framing: 'close',
        connection: 'closes',
        lacks: [/^transfer-encoding/, /^connection: keep-alive/i],
      },
      respond(chunks),
    ),
    row(
      'an HTTP/1.0 client gets a close-delimited body close-delimited',
      keep,
      {
        status: 200,
        body: 'hello',
        framing: 'close',
        connection: 'closes',
        lacks: [/^connection: keep-alive/i],
      },
      respondThenClose(response('200 OK', [], 'hello')),
    ),
    row(
      'a 304 leaves an HTTP/1.0 connection open',
      keep,
      { status: 304, connection: 'stays' },
      respond(response('304 Not Modified', [])),
    ),
    row(
      'a 204 leaves an HTTP/1.0 connection open',
      keep,
      { status: 204, connection: 'stays' },
      respond(response('204 No Content', [])),
    ),
    row('HEAD with a length leaves an HTTP/1.0 connection open', keep.replace('GET', 'HEAD'), {
      status: 200,
      connection: 'stays',
    }),
    row('an HTTP/1.0 request body with a length is passed on', asHttp10(post('hello')), {
      status: 200,
      upstream: { body: 'hello', framing: 'length' },
    }),
    row(
      'an HTTP/1.0 POST with keep-alive leaves the connection open',
      asHttp10(post('hello', 'Connection: keep-alive')),
      {
        status: 200,
        connection: 'stays',
      },
    ),
    row('Expect: 100-continue in HTTP/1.0 is ignored', asHttp10(post('hello', 'Expect: 100-continue')), {
      status: 200,
      interim: [],
    }),
    row('an unknown expectation in HTTP/1.0 is ignored', asHttp10(get('Expect: wonders')), { status: 200 }),
    row(
      'an HTTP/1.0 client gets no interim responses',
      plain,
      { status: 200, interim: [] },
      respond('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', ok()),
    ),
    row('an upgrade in HTTP/1.0 is ignored', asHttp10(get('Connection: Upgrade', 'Upgrade: echo')), {
      status: 200,
      upstream: { lacks: [/^upgrade/] },
    }),
    row('close takes precedence over keep-alive', asHttp10(get('Connection: keep-alive, close')), {
      status: 200,
      connection: 'closes',
    }),
    row(
      'an error of the proxy leaves an HTTP/1.0 keep-alive connection open',
      asHttp10(request('GET /nowhere', ['Connection: keep-alive'])),
      { status: 404, connection: 'stays' },
    ),
    row(
      'an error of the proxy closes an HTTP/1.0 connection without keep-alive',
      asHttp10(request('GET /nowhere')),
      {
        status: 404,
        connection: 'closes',
      },
    ),
    row('the response to HTTP/1.0 has the version HTTP/1.1', plain, { status: 200, body: 'ok' }),
    {
      rule: 'an HTTP/1.0 client sees that a body with a length was truncated',
      upstreams: [[respondThenClose(response('200 OK', ['Content-Length: 900000'], large))]],
      steps: [sendText(plain), waitForText('abc')],
      expect: { status: 200, truncated: true, connection: 'closes' },
    },
    {
      rule: 'truncated chunks reset an HTTP/1.0 connection, because a close would mark them complete',
      upstreams: [[respondThenReset(response('200 OK', ['Transfer-Encoding: chunked'], chunk(large)))]],
      steps: [sendText(plain), waitForText('abc'), releaseUpstream],
      expect: { status: 200, truncated: true, connection: 'closes' },
    },
    {
      rule: 'a truncated close-delimited body resets an HTTP/1.0 connection',
      upstreams: [[respondThenReset(response('200 OK', [], large))]],
      steps: [sendText(plain), waitForText('abc'), releaseUpstream],
      expect: { status: 200, truncated: true, connection: 'closes' },
    },
  ],
};
