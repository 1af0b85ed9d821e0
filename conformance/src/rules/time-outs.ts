import type { Case, Expectation, Topic } from '../case/case.ts';
import { isAnswered, isEnded, type Step, sees, sends, upstreamIsLeft } from '../case/steps.ts';
import {
  chunk,
  isSilent,
  lastChunk,
  ok,
  readsNothing,
  response,
  saysEarly,
  saysThenWhenReleased,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks } from '../wire/request-text.ts';

const toClients = (
  rule: string,
  steps: readonly Step[],
  expect: Expectation,
  more: Partial<Case> = {},
): Case => ({
  rule,
  setting: 'hasty-to-clients',
  steps,
  expect,
  ...more,
});

const toUpstreams = (rule: string, more: Partial<Case> & Pick<Case, 'expect'>): Case => ({
  rule,
  setting: 'hasty-to-upstreams',
  send: get(),
  ...more,
});

const late = { ours: { code: 'REQUEST_TIMEOUT' } } as const;
const large = 'abcdefghij'.repeat(20_000);

export const timeOuts: Topic = {
  name: 'Time-outs',
  cases: [
    toClients('a connection on which nothing is ever said ends', [isEnded], {
      connection: 'closes',
      upstream: { requests: 0 },
    }),
    toClients(
      'half a request line is a 408',
      [sends('GET /~/x')],
      { status: 408, connection: 'closes', upstream: { requests: 0 } },
      late,
    ),
    toClients(
      'half a head is a 408',
      [sends('GET /~/x HTTP/1.1\r\nHost: a\r\n')],
      { status: 408, connection: 'closes', upstream: { requests: 0 } },
      late,
    ),
    toClients(
      'half a second head is a 408',
      [sends(get()), isAnswered(1), sends('GET /~/x HTTP/1.1\r\nHo')],
      { status: [200, 408], connection: 'closes' },
      late,
    ),
    toClients('an idle connection ends without a word', [sends(get()), isAnswered(1), isEnded], {
      status: 200,
      connection: 'closes',
    }),
    toClients(
      'an idle connection ends after an error, too',
      [sends(get().replace('/~/x', '/nowhere')), isAnswered(1), isEnded],
      { status: 404, connection: 'closes' },
    ),
    toClients(
      'half a body by length is a 408',
      [sends(post('hello').slice(0, -2)), isAnswered(1)],
      { status: 408, connection: 'closes', upstream: { whole: 0 } },
      late,
    ),
    toClients(
      'half a body in chunks is a 408',
      [sends(postChunks(chunk('hello'))), isAnswered(1)],
      { status: 408, connection: 'closes', upstream: { whole: 0 } },
      late,
    ),
    toClients(
      'half a chunk is a 408',
      [sends(postChunks('5\r\nhel')), isAnswered(1)],
      { status: 408, connection: 'closes', upstream: { whole: 0 } },
      late,
    ),
    toClients(
      'a body of which nothing comes is a 408',
      [sends(post('hello').slice(0, -5)), isAnswered(1)],
      { status: 408, connection: 'closes', upstream: { whole: 0 } },
      late,
    ),
    toClients(
      'a slow answer is not the fault of the client',
      [sends(get()), isAnswered(1)],
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
      'the upstream of half a body is left',
      [sends(post('hello').slice(0, -2)), isAnswered(1), upstreamIsLeft],
      { status: 408 },
    ),
    toUpstreams('an upstream that says nothing is a 504', {
      upstreams: [[isSilent]],
      expect: { status: 504, connection: 'stays' },
      ours: { code: 'PROXY_UPSTREAM_TIMEOUT', logged: [504] },
    }),
    toUpstreams('half a response head is a 504', {
      upstreams: [[saysEarly('HTTP/1.1 200 OK\r\nConte')]],
      expect: { status: 504 },
      ours: { code: 'PROXY_UPSTREAM_TIMEOUT' },
    }),
    toUpstreams('a 103 is no answer, and what follows it not in time is a 504', {
      upstreams: [[saysEarly('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')]],
      expect: { status: 504 },
    }),
    toUpstreams('an upstream that gave no answer in time is left', {
      upstreams: [[isSilent]],
      steps: [sends(get()), isAnswered(1), upstreamIsLeft],
      expect: { status: 504 },
    }),
    toUpstreams('an upstream that takes no connection is a 504', {
      upstreams: ['unreachable'],
      expect: { status: 504 },
      ours: { code: 'PROXY_UPSTREAM_TIMEOUT' },
    }),
    toUpstreams('a body by length that stops is cut off', {
      upstreams: [[saysThenWhenReleased(response('200 OK', ['Content-Length: 900000'], large))]],
      steps: [sends(get()), sees('abc'), isEnded],
      expect: { status: 200, broken: true, connection: 'closes' },
    }),
    toUpstreams('a body in chunks that stops is cut off', {
      upstreams: [[saysThenWhenReleased(response('200 OK', ['Transfer-Encoding: chunked'], chunk(large)))]],
      steps: [sends(get()), sees('abc'), isEnded],
      expect: { status: 200, broken: true, connection: 'closes' },
    }),
    toUpstreams('a body that ends with the connection and stops is cut off', {
      upstreams: [[saysThenWhenReleased(response('200 OK', [], large))]],
      steps: [sends(get()), sees('abc'), isEnded],
      expect: { status: 200, broken: true, connection: 'closes' },
    }),
    toUpstreams('a client that takes its time with its body is not the fault of the upstream', {
      steps: [
        sends(post('hello').slice(0, -2)),
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 2200));
        },
        sends('lo'),
      ],
      expect: { status: 200, upstream: { body: 'hello' } },
    }),
    toUpstreams('a body that keeps coming may take longer than any pause', {
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
      upstreams: [[readsNothing]],
      send: post('x'.repeat(99_000)),
      expect: { status: 504 },
    }),
    toClients('chunks in time are read', [sends(postChunks(chunk('a')), chunk('b'), lastChunk)], {
      status: 200,
      upstream: { body: 'ab' },
    }),
  ],
};
