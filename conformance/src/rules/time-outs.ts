import type { Case, Expectation, Topic } from '../case/case.ts';
import {
  type Step,
  sendText,
  waitForAnswers,
  waitForClose,
  waitForText,
  waitForUpstreamClose,
} from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  neverRespond,
  ok,
  respondEarly,
  respondThenContinue,
  response,
  stopReading,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

const toClients = (
  rule: string,
  steps: readonly Step[],
  expect: Expectation,
  more: Partial<Case> = {},
): Case => ({
  rule,
  setting: 'short-client-time-outs',
  steps,
  expect,
  ...more,
});

const toUpstreams = (rule: string, more: Partial<Case> & Pick<Case, 'expect'>): Case => ({
  rule,
  setting: 'short-upstream-time-outs',
  send: get(),
  ...more,
});

const late = { ours: { code: 'REQUEST_TIMEOUT' } } as const;
const large = 'abcdefghij'.repeat(20_000);

export const timeOuts: Topic = {
  name: 'Time-outs',
  cases: [
    toClients('a connection without any request closes', [waitForClose], {
      connection: 'closes',
      upstream: { requests: 0 },
    }),
    toClients(
      'a partial request line is a 408',
      [sendText('GET /~/x')],
      { status: 408, connection: 'closes', upstream: { requests: 0 } },
      late,
    ),
    toClients(
      'a partial head is a 408',
      [sendText('GET /~/x HTTP/1.1\r\nHost: a\r\n')],
      { status: 408, connection: 'closes', upstream: { requests: 0 } },
      late,
    ),
    toClients(
      'a partial second head is a 408',
      [sendText(get()), waitForAnswers(1), sendText('GET /~/x HTTP/1.1\r\nHo')],
      { status: [200, 408], connection: 'closes' },
      late,
    ),
    toClients(
      'an idle connection closes without a response',
      [sendText(get()), waitForAnswers(1), waitForClose],
      {
        status: 200,
        connection: 'closes',
      },
    ),
    toClients(
      'an idle connection closes after an error, too',
      [sendText(get().replace('/~/x', '/nowhere')), waitForAnswers(1), waitForClose],
      { status: 404, connection: 'closes' },
    ),
    toClients(
      'a partial body with a length is a 408',
      [sendText(post('hello').slice(0, -2)), waitForAnswers(1)],
      { status: 408, connection: 'closes', upstream: { complete: 0 } },
      late,
    ),
    toClients(
      'a chunked body without its end is a 408',
      [sendText(postChunks(chunk('hello'))), waitForAnswers(1)],
      { status: 408, connection: 'closes', upstream: { complete: 0 } },
      late,
    ),
    toClients(
      'a partial chunk is a 408',
      [sendText(postChunks('5\r\nhel')), waitForAnswers(1)],
      { status: 408, connection: 'closes', upstream: { complete: 0 } },
      late,
    ),
    toClients(
      'a body that never starts is a 408',
      [sendText(post('hello').slice(0, -5)), waitForAnswers(1)],
      { status: 408, connection: 'closes', upstream: { complete: 0 } },
      late,
    ),
    toClients(
      'a slow upstream does not trigger a client time-out',
      [sendText(get()), waitForAnswers(1)],
      { status: 200 },
      {
        upstreams: [
          [
            async ({ socket }) => {
              await new Promise((resolve) => setTimeout(resolve, 2200));
              socket.write(ok(), 'latin1');
            },
          ],
        ],
      },
    ),
    toClients(
      'the upstream connection closes after a client body time-out',
      [sendText(post('hello').slice(0, -2)), waitForAnswers(1), waitForUpstreamClose],
      { status: 408 },
    ),
    toUpstreams('an upstream that sends nothing is a 504', {
      upstreams: [[neverRespond]],
      expect: { status: 504, connection: 'stays' },
      ours: { code: 'PROXY_UPSTREAM_TIMEOUT', logged: [504] },
    }),
    toUpstreams('a partial response head is a 504', {
      upstreams: [[respondEarly('HTTP/1.1 200 OK\r\nConte')]],
      expect: { status: 504 },
      ours: { code: 'PROXY_UPSTREAM_TIMEOUT' },
    }),
    toUpstreams('a 103 without a final response in time is a 504', {
      upstreams: [[respondEarly('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')]],
      expect: { status: 504 },
    }),
    toUpstreams('the upstream connection closes after a response time-out', {
      upstreams: [[neverRespond]],
      steps: [sendText(get()), waitForAnswers(1), waitForUpstreamClose],
      expect: { status: 504 },
    }),
    toUpstreams('an upstream that accepts no connection is a 504', {
      upstreams: ['unreachable'],
      expect: { status: 504 },
      ours: { code: 'PROXY_UPSTREAM_TIMEOUT' },
    }),
    toUpstreams('a response with a length that stalls is truncated', {
      upstreams: [[respondThenContinue(response('200 OK', ['Content-Length: 900000'], large))]],
      steps: [sendText(get()), waitForText('abc'), waitForClose],
      expect: { status: 200, truncated: true, connection: 'closes' },
    }),
    toUpstreams('a chunked response that stalls is truncated', {
      upstreams: [[respondThenContinue(response('200 OK', ['Transfer-Encoding: chunked'], chunk(large)))]],
      steps: [sendText(get()), waitForText('abc'), waitForClose],
      expect: { status: 200, truncated: true, connection: 'closes' },
    }),
    toUpstreams('a close-delimited response that stalls is truncated', {
      upstreams: [[respondThenContinue(response('200 OK', [], large))]],
      steps: [sendText(get()), waitForText('abc'), waitForClose],
      expect: { status: 200, truncated: true, connection: 'closes' },
    }),
    toUpstreams('a slow client body does not trigger an upstream time-out', {
      steps: [
        sendText(post('hello').slice(0, -2)),
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 2200));
        },
        sendText('lo'),
      ],
      expect: { status: 200, upstream: { body: 'hello' } },
    }),
    toUpstreams('a response that keeps arriving may take longer than the idle time-out', {
      upstreams: [
        [
          async ({ socket }) => {
            socket.write(response('200 OK', ['Content-Length: 10']), 'latin1');
            for (let piece = 0; piece < 10; piece += 1) {
              await new Promise((resolve) => setTimeout(resolve, 200));
              socket.write('x', 'latin1');
            }
          },
        ],
      ],
      expect: { status: 200, body: 'xxxxxxxxxx' },
    }),
    toUpstreams('an upstream that reads nothing of a body is a 504', {
      upstreams: [[stopReading]],
      send: post('x'.repeat(99_000)),
      expect: { status: 504 },
    }),
    toClients(
      'chunks that arrive in time are read',
      [sendText(postChunks(chunk('a')), chunk('b'), lastChunk)],
      {
        status: 200,
        upstream: { body: 'ab' },
      },
    ),
  ],
};
