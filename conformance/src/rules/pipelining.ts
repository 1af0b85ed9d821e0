import type { Topic } from '../case/case.ts';
import { isAnswered, isEnded, releases, sees, sends, sendsInPieces, upstreamSees } from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  ok,
  response,
  says,
  saysOk,
  saysTarget,
  saysThenWhenReleased,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

const ask = (name: string, ...lines: readonly string[]): string => request(`GET /~/${name}`, lines);

export const pipelining: Topic = {
  name: 'Kept connections and pipelining',
  isSafety: true,
  cases: [
    {
      rule: 'requests that come at once are answered in order',
      send: ask('a') + ask('b') + ask('c'),
      upstreams: [[saysTarget]],
      expect: { status: [200, 200, 200], body: ['/a', '/b', '/c'], connection: 'stays' },
    },
    {
      rule: 'twenty requests that come at once are answered in order',
      send: Array.from({ length: 20 }, (_, index) => ask(`n${index}`)).join(''),
      upstreams: [[saysTarget]],
      expect: {
        status: Array.from({ length: 20 }, () => 200),
        body: Array.from({ length: 20 }, (_, index) => `/n${index}`),
      },
    },
    {
      rule: 'a request is carried out only when the one before it has been answered',
      upstreams: [[saysThenWhenReleased('', ok('first')), says(ok('second'))]],
      steps: [
        sends(ask('a') + ask('b')),
        upstreamSees('/a'),
        (stage) => {
          if (stage.upstreams[0]?.requests.length !== 1) throw new Error('the second request did not wait');
        },
        releases,
      ],
      expect: { status: [200, 200], body: ['first', 'second'] },
    },
    {
      rule: 'requests that are cut into pieces anywhere are read',
      steps: [sendsInPieces(ask('a') + ask('b'), 7)],
      upstreams: [[saysTarget]],
      expect: { status: [200, 200], body: ['/a', '/b'] },
    },
    {
      rule: 'a request behind a body by length is another one',
      send: post('hello') + ask('b'),
      expect: { status: [200, 200], upstream: { requests: 2 } },
    },
    {
      rule: 'a request behind a last chunk is another one',
      send: postChunks(chunk('hello') + lastChunk) + ask('b'),
      expect: { status: [200, 200], upstream: { requests: 2 } },
    },
    {
      rule: 'an empty line between two requests is read over',
      send: `${post('hello')}\r\n${ask('b')}`,
      expect: { status: [200, 200], upstream: { requests: 2 } },
    },
    {
      rule: 'what comes behind a request with close is not carried out',
      send: ask('a', 'Connection: close') + ask('b'),
      upstreams: [[saysTarget]],
      expect: { status: 200, body: '/a', connection: 'closes', upstream: { requests: 1 } },
    },
    {
      rule: 'what comes behind a refused request is not carried out',
      send: request('GET /~/a/../b') + ask('b'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'what comes behind a broken request is not carried out',
      send: `nonsense\r\n\r\n${ask('b')}`,
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'an answer is not lost when the request behind it is broken',
      upstreams: [[saysThenWhenReleased('', ok('first'))]],
      steps: [sends(`${ask('a')}nonsense\r\n\r\n`), upstreamSees('/a'), releases, isEnded],
      expect: { status: [200, 400], connection: 'closes' },
    },
    {
      rule: 'an error between two good requests is answered in its turn',
      send: ask('a') + request('GET /nowhere') + ask('c'),
      expect: { status: [200, 404, 200] },
    },
    {
      rule: 'a close of the upstream between two requests is not seen by the client',
      send: ask('a') + ask('b'),
      upstreams: [[says(ok('a', ['Connection: close'])), says(ok('b'))]],
      expect: { status: [200, 200], body: ['a', 'b'], connection: 'stays' },
    },
    {
      rule: 'the client is not told about connections that are none of its business',
      send: get(),
      upstreams: [[says(ok('ok', ['Connection: close']))]],
      expect: { status: 200, lacks: [/^connection: close/i], connection: 'stays' },
    },
    {
      rule: 'a request with close is answered with close',
      send: get('Connection: close'),
      expect: { status: 200, has: [/^connection: close$/i], connection: 'closes' },
    },
    {
      rule: 'close is known in any spelling and in a list',
      send: get('Connection: x-y, CLOSE'),
      expect: { status: 200, connection: 'closes' },
    },
    {
      rule: 'close does not go upstream: its connections are the proxy’s',
      steps: [
        sends(get('Connection: close')),
        isEnded,
        async (stage) => {
          await stage.alone(get('Connection: close'));
        },
      ],
      upstreams: [[saysOk]],
      expect: { status: 200, upstream: { requests: 2, connections: 1 } },
    },
    {
      rule: 'answers of different framing go behind each other',
      send: ask('a') + ask('b') + ask('c'),
      upstreams: [
        [
          says(response('200 OK', ['Transfer-Encoding: chunked'], chunk('a') + lastChunk)),
          says(ok('b')),
          says(response('204 No Content', [])),
        ],
      ],
      expect: { status: [200, 200, 204], body: ['a', 'b', ''] },
    },
    {
      rule: 'a long answer and a short one behind each other stay whole',
      send: ask('a') + ask('b'),
      upstreams: [[says(ok('abcdefghij'.repeat(30_000))), says(ok('b'))]],
      expect: { status: [200, 200], body: ['abcdefghij'.repeat(30_000), 'b'] },
    },
    {
      rule: 'two connections do not mix their answers',
      upstreams: [[saysTarget]],
      steps: [
        sends(ask('mine')),
        async (stage) => {
          const other = await stage.alone(ask('other', 'Connection: close'));
          await stage.until('the own answer of the other', () => other.endsWith('/other'));
        },
        isAnswered(1),
      ],
      expect: { status: 200, body: '/mine' },
    },
    {
      rule: 'a second request after a pause finds the connection open',
      steps: [sends(get()), sees('ok'), isAnswered(1), sends(get()), isAnswered(2)],
      expect: { status: [200, 200], connection: 'stays' },
    },
  ],
};
