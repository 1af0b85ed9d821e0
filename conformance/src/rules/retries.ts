import type { Case, Expectation, Topic } from '../case/case.ts';
import type { Scripts } from '../case/case-upstream.ts';
import { releaseUpstream, sendText, waitForAnswers, waitForClose, waitForText } from '../case/steps.ts';
import {
  chunk,
  closeConnection,
  lastChunk,
  neverRespond,
  ok,
  resetConnection,
  respond,
  respondOk,
  respondThenClose,
  respondThenContinue,
  respondThenReset,
  response,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

const put = (body: string): string => request('PUT /~/x', [`Content-Length: ${body.length}`], body);
const large = 'x'.repeat(80_000);

/** The first upstream fails as the script says, the second one responds. */
const retried = (
  rule: string,
  send: string,
  first: Scripts | 'refuses' | 'unreachable',
  more: Partial<Case> = {},
): Case => ({
  rule,
  send,
  upstreams: [first, [respondOk]],
  expect: { status: 200, body: 'ok', upstream: { last: 1 } },
  ...more,
});

/** The first upstream fails as the script says, and the request is not retried. */
const notRetried = (
  rule: string,
  send: string,
  first: Scripts,
  status: number,
  more: Partial<Case> = {},
): Case => ({
  rule,
  send,
  upstreams: [first, [respondOk]],
  expect: { status, upstream: { last: 0 } },
  ...more,
});

/** The connection serves one request; the script handles the second request on it. */
const onReusedConnection = (
  rule: string,
  second: string,
  script: Scripts[number],
  expect: Expectation,
): Case => ({
  rule,
  upstreams: [[respondOk, script, respondOk]],
  steps: [sendText(get()), waitForAnswers(1), sendText(second)],
  expect,
});

const shortTimeOuts: Partial<Case> = { setting: 'short-upstream-time-outs' };

export const retries: Topic = {
  name: 'Retries',
  cases: [
    retried('a GET goes to the next upstream when the connect is refused', get(), 'refuses'),
    retried(
      'a POST goes complete to the next upstream when the connect is refused',
      post('hello'),
      'refuses',
      { expect: { status: 200, upstream: { last: 1, body: 'hello' } } },
    ),
    retried(
      'a chunked POST goes complete to the next upstream when the connect is refused',
      postChunks(`${chunk('hello')}${lastChunk}`),
      'refuses',
      { expect: { status: 200, upstream: { last: 1, body: 'hello' } } },
    ),
    retried(
      'a large POST goes complete to the next upstream when the connect is refused',
      post(large),
      'refuses',
      {
        expect: { status: 200, upstream: { last: 1, body: large } },
      },
    ),
    retried(
      'a POST goes to the next upstream when the connect times out',
      post('hello'),
      'unreachable',
      shortTimeOuts,
    ),
    retried('a GET goes to the next upstream after a reset', get(), [resetConnection]),
    retried('a GET goes to the next upstream after a close', get(), [closeConnection]),
    retried('a GET goes to the next upstream after a truncated response head', get(), [
      respondThenClose('HTTP/1.1 200 OK\r\nX: y'),
    ]),
    retried('a GET goes to the next upstream after a malformed response head', get(), [
      respondThenClose('HTTP/1.1 abc\r\n\r\n'),
    ]),
    retried(
      'a GET goes to the next upstream after a response time-out',
      get(),
      [neverRespond],
      shortTimeOuts,
    ),
    retried('a HEAD goes to the next upstream after a reset', request('HEAD /~/x'), [resetConnection], {
      expect: { status: 200, upstream: { last: 1 } },
    }),
    retried('a PUT goes complete to the next upstream after a reset', put('hello'), [resetConnection], {
      expect: { status: 200, upstream: { last: 1, body: 'hello' } },
    }),
    retried('a DELETE goes to the next upstream after a reset', request('DELETE /~/x'), [resetConnection]),
    retried('a request may still be retried after an interim response', get(), [
      respondThenClose('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    ]),
    notRetried('a POST is not retried after a reset', post('hello'), [resetConnection], 502),
    notRetried('a POST without a body is not retried after a reset', post(''), [resetConnection], 502),
    notRetried(
      'a PATCH is not retried after a reset',
      request('PATCH /~/x', ['Content-Length: 5'], 'hello'),
      [resetConnection],
      502,
    ),
    notRetried(
      'an unknown method is not retried after a reset',
      request('REPORT /~/x'),
      [resetConnection],
      502,
    ),
    notRetried(
      'a POST is not retried after a response time-out',
      post('hello'),
      [neverRespond],
      504,
      shortTimeOuts,
    ),
    notRetried('a PUT that exceeds the replay buffer is not retried', put(large), [resetConnection], 502),
    notRetried(
      'a 503 of the application is not retried',
      get(),
      [respond(response('503 Busy', ['Content-Length: 2'], 'no'))],
      503,
    ),
    notRetried(
      'a 500 of the application is not retried',
      get(),
      [respond(response('500 Oops', ['Content-Length: 2'], 'no'))],
      500,
    ),
    {
      rule: 'a request is not retried after a response head',
      upstreams: [[respondThenReset(response('200 OK', ['Content-Length: 400000'], large))], [respondOk]],
      steps: [sendText(get()), waitForText('xxxx'), releaseUpstream, waitForClose],
      expect: { status: 200, truncated: true, upstream: { requests: 1 } },
    },
    {
      rule: 'each upstream is tried once, and at most three are tried',
      send: get(),
      upstreams: [
        [resetConnection],
        [resetConnection],
        [resetConnection],
        [resetConnection],
        [resetConnection],
      ],
      expect: { status: 502, upstream: { requests: 3 } },
    },
    {
      rule: 'a single upstream that fails is not tried twice',
      send: get(),
      upstreams: [[resetConnection, respondOk]],
      expect: { status: 502, upstream: { requests: 1 } },
    },
    {
      rule: 'a refused connect and a reset are a 502',
      send: get(),
      upstreams: ['refuses', [resetConnection]],
      expect: { status: 502, upstream: { requests: 1 } },
      ours: { code: 'PROXY_UPSTREAM_FAILED' },
    },
    {
      rule: 'a request that all upstreams refuse is a 503 with Retry-After',
      send: get(),
      upstreams: ['refuses', 'refuses'],
      expect: { status: 503, has: [/^retry-after: \d/], connection: 'stays' },
      ours: { code: 'PROXY_NO_UPSTREAM', connection: 'stays' },
    },
    {
      rule: 'a POST that all upstreams refuse is a 503',
      send: post('hello'),
      upstreams: ['refuses'],
      expect: { status: 503 },
      ours: { code: 'PROXY_NO_UPSTREAM' },
    },
    onReusedConnection(
      'a GET is retried on a new connection after a reset on a reused one',
      get(),
      resetConnection,
      {
        status: [200, 200],
        upstream: { requests: 3, connections: 2 },
      },
    ),
    onReusedConnection(
      'a GET is retried on a new connection after a close on a reused one',
      get(),
      closeConnection,
      {
        status: [200, 200],
        upstream: { requests: 3, connections: 2 },
      },
    ),
    onReusedConnection(
      'a PUT is retried complete on a new connection after a reset on a reused one',
      put('hello'),
      resetConnection,
      { status: [200, 200], upstream: { requests: 3, body: 'hello' } },
    ),
    onReusedConnection(
      'a POST is not retried after a reset on a reused connection',
      post('hello'),
      resetConnection,
      {
        status: [200, 502],
        upstream: { requests: 2 },
      },
    ),
    onReusedConnection(
      'a chunked PUT is retried on a new connection after a reset on a reused one',
      postChunks(`${chunk('hello')}${lastChunk}`).replace('POST', 'PUT'),
      resetConnection,
      { status: [200, 200], upstream: { requests: 3, body: 'hello' } },
    ),
    {
      rule: 'a POST reuses a connection that is known to be open',
      upstreams: [[respondOk]],
      steps: [sendText(get()), waitForAnswers(1), sendText(post('hello'))],
      expect: { status: [200, 200], upstream: { requests: 2, connections: 1 } },
    },
    {
      rule: 'three requests are spread over three upstreams',
      upstreams: [[respond(ok('0'))], [respond(ok('1'))], [respond(ok('2'))]],
      steps: [sendText(get()), waitForAnswers(1), sendText(get()), waitForAnswers(2), sendText(get())],
      expect: { status: [200, 200, 200], body: ['0', '1', '2'] },
    },
    {
      rule: 'a slow upstream does not block requests to others',
      upstreams: [[respondThenContinue('', ok('slow'))], [respond(ok('quick'))]],
      steps: [
        sendText(get()),
        async (stage) => {
          const other = await stage.askAlone(get('Connection: close'));
          await stage.until('the quick answer', () => other.endsWith('quick'));
        },
        releaseUpstream,
      ],
      expect: { status: 200, body: 'slow' },
    },
  ],
};
