import type { Case, Expectation, Topic } from '../case/case.ts';
import type { Scripts } from '../case/case-upstream.ts';
import { isAnswered, isEnded, releases, sees, sends } from '../case/steps.ts';
import {
  chunk,
  closes,
  isSilent,
  lastChunk,
  ok,
  resets,
  response,
  says,
  saysAndCloses,
  saysAndResets,
  saysOk,
  saysThenWhenReleased,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

const put = (body: string): string => request('PUT /~/x', [`Content-Length: ${body.length}`], body);
const large = 'x'.repeat(80_000);

/** The first upstream fails in this way, the second one answers. */
const goesOn = (
  rule: string,
  send: string,
  first: Scripts | 'refuses' | 'unreachable',
  more: Partial<Case> = {},
): Case => ({
  rule,
  send,
  upstreams: [first, [saysOk]],
  expect: { status: 200, body: 'ok', upstream: { last: 1 } },
  ...more,
});

/** The first upstream fails in this way, and the request goes nowhere else. */
const staysFailed = (
  rule: string,
  send: string,
  first: Scripts,
  status: number,
  more: Partial<Case> = {},
): Case => ({
  rule,
  send,
  upstreams: [first, [saysOk]],
  expect: { status, upstream: { last: 0 } },
  ...more,
});

/** The connection serves one request; the second one meets this on it. */
const onKept = (rule: string, second: string, script: Scripts[number], expect: Expectation): Case => ({
  rule,
  upstreams: [[saysOk, script, saysOk]],
  steps: [sends(get()), isAnswered(1), sends(second)],
  expect,
});

const hasty: Partial<Case> = { setting: 'hasty-to-upstreams' };

export const retries: Topic = {
  name: 'Retries',
  cases: [
    goesOn('a GET that was refused the connection goes to the next upstream', get(), 'refuses'),
    goesOn(
      'a POST that was refused the connection goes to the next upstream, whole',
      post('hello'),
      'refuses',
      { expect: { status: 200, upstream: { last: 1, body: 'hello' } } },
    ),
    goesOn(
      'a chunked POST that was refused the connection goes to the next upstream, whole',
      postChunks(`${chunk('hello')}${lastChunk}`),
      'refuses',
      { expect: { status: 200, upstream: { last: 1, body: 'hello' } } },
    ),
    goesOn('a large POST that was refused the connection loses nothing', post(large), 'refuses', {
      expect: { status: 200, upstream: { last: 1, body: large } },
    }),
    goesOn(
      'a POST that got no connection in time goes to the next upstream',
      post('hello'),
      'unreachable',
      hasty,
    ),
    goesOn('a GET that was reset goes to the next upstream', get(), [resets]),
    goesOn('a GET whose connection was closed goes to the next upstream', get(), [closes]),
    goesOn('a GET that met half a response head goes to the next upstream', get(), [
      saysAndCloses('HTTP/1.1 200 OK\r\nX: y'),
    ]),
    goesOn('a GET that met no response head goes to the next upstream', get(), [
      saysAndCloses('HTTP/1.1 abc\r\n\r\n'),
    ]),
    goesOn('a GET that met silence goes to the next upstream', get(), [isSilent], hasty),
    goesOn('a HEAD that was reset goes to the next upstream', request('HEAD /~/x'), [resets], {
      expect: { status: 200, upstream: { last: 1 } },
    }),
    goesOn('a PUT that was reset goes to the next upstream, whole', put('hello'), [resets], {
      expect: { status: 200, upstream: { last: 1, body: 'hello' } },
    }),
    goesOn('a DELETE that was reset goes to the next upstream', request('DELETE /~/x'), [resets]),
    goesOn('an interim response does not end the right to go on', get(), [
      saysAndCloses('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    ]),
    staysFailed('a POST that was reset is never sent again', post('hello'), [resets], 502),
    staysFailed('a POST without a body that was reset is never sent again', post(''), [resets], 502),
    staysFailed(
      'a PATCH that was reset is never sent again',
      request('PATCH /~/x', ['Content-Length: 5'], 'hello'),
      [resets],
      502,
    ),
    staysFailed('a method that nobody knows is never sent again', request('REPORT /~/x'), [resets], 502),
    staysFailed('a POST that met silence is never sent again', post('hello'), [isSilent], 504, hasty),
    staysFailed('a PUT that is too large to be kept is not sent again', put(large), [resets], 502),
    staysFailed(
      'an error of the application is an answer',
      get(),
      [says(response('503 Busy', ['Content-Length: 2'], 'no'))],
      503,
    ),
    staysFailed('a 500 is an answer', get(), [says(response('500 Oops', ['Content-Length: 2'], 'no'))], 500),
    {
      rule: 'after a response head nothing is sent again',
      upstreams: [[saysAndResets(response('200 OK', ['Content-Length: 400000'], large))], [saysOk]],
      steps: [sends(get()), sees('xxxx'), releases, isEnded],
      expect: { status: 200, broken: true, upstream: { requests: 1 } },
    },
    {
      rule: 'each upstream is tried once, and three at most',
      send: get(),
      upstreams: [[resets], [resets], [resets], [resets], [resets]],
      expect: { status: 502, upstream: { requests: 3 } },
    },
    {
      rule: 'a single upstream that fails is not asked twice',
      send: get(),
      upstreams: [[resets, saysOk]],
      expect: { status: 502, upstream: { requests: 1 } },
    },
    {
      rule: 'one that refuses and one that breaks are a 502',
      send: get(),
      upstreams: ['refuses', [resets]],
      expect: { status: 502, upstream: { requests: 1 } },
      ours: { code: 'PROXY_UPSTREAM_FAILED' },
    },
    {
      rule: 'upstreams that all refuse are a 503 that says when to come again',
      send: get(),
      upstreams: ['refuses', 'refuses'],
      expect: { status: 503, has: [/^retry-after: \d/], connection: 'stays' },
      ours: { code: 'PROXY_NO_UPSTREAM', connection: 'stays' },
    },
    {
      rule: 'a POST that all refused is a 503, and the connection is good for another request',
      send: post('hello'),
      upstreams: ['refuses'],
      expect: { status: 503 },
      ours: { code: 'PROXY_NO_UPSTREAM' },
    },
    onKept('a GET that meets a reset on a kept connection goes out on a fresh one', get(), resets, {
      status: [200, 200],
      upstream: { requests: 3, connections: 2 },
    }),
    onKept('a GET that meets a close on a kept connection goes out on a fresh one', get(), closes, {
      status: [200, 200],
      upstream: { requests: 3, connections: 2 },
    }),
    onKept(
      'a PUT that meets a reset on a kept connection goes out on a fresh one, whole',
      put('hello'),
      resets,
      { status: [200, 200], upstream: { requests: 3, body: 'hello' } },
    ),
    onKept('a POST that meets a reset on a kept connection is never sent again', post('hello'), resets, {
      status: [200, 502],
      upstream: { requests: 2 },
    }),
    onKept(
      'a PUT in chunks that meets a reset on a kept connection goes out on a fresh one',
      postChunks(`${chunk('hello')}${lastChunk}`).replace('POST', 'PUT'),
      resets,
      { status: [200, 200], upstream: { requests: 3, body: 'hello' } },
    ),
    {
      rule: 'a POST goes on to a connection that is known to be open',
      upstreams: [[saysOk]],
      steps: [sends(get()), isAnswered(1), sends(post('hello'))],
      expect: { status: [200, 200], upstream: { requests: 2, connections: 1 } },
    },
    {
      rule: 'three requests to three upstreams go to one each',
      upstreams: [[says(ok('0'))], [says(ok('1'))], [says(ok('2'))]],
      steps: [sends(get()), isAnswered(1), sends(get()), isAnswered(2), sends(get())],
      expect: { status: [200, 200, 200], body: ['0', '1', '2'] },
    },
    {
      rule: 'a slow upstream does not keep others from being asked',
      upstreams: [[saysThenWhenReleased('', ok('slow'))], [says(ok('quick'))]],
      steps: [
        sends(get()),
        async (stage) => {
          const other = await stage.alone(get('Connection: close'));
          await stage.until('the quick answer', () => other.endsWith('quick'));
        },
        releases,
      ],
      expect: { status: 200, body: 'slow' },
    },
  ],
};
