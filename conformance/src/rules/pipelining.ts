import type { Topic } from '../case/case.ts';
import {
  releaseUpstream,
  sendInPieces,
  sendText,
  waitForAnswers,
  waitForClose,
  waitForText,
  waitForUpstreamText,
} from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  ok,
  respond,
  respondOk,
  respondThenContinue,
  respondWithTarget,
  response,
} from '../case/upstream-scripts.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

const ask = (name: string, ...lines: readonly string[]): string => request(`GET /~/${name}`, lines);

export const pipelining: Topic = {
  name: 'Persistent connections and pipelining',
  isSafety: true,
  cases: [
    {
      rule: 'pipelined requests are answered in order',
      send: ask('a') + ask('b') + ask('c'),
      upstreams: [[respondWithTarget]],
      expect: { status: [200, 200, 200], body: ['/a', '/b', '/c'], connection: 'stays' },
    },
    {
      rule: 'twenty pipelined requests are answered in order',
      send: Array.from({ length: 20 }, (_, index) => ask(`n${index}`)).join(''),
      upstreams: [[respondWithTarget]],
      expect: {
        status: Array.from({ length: 20 }, () => 200),
        body: Array.from({ length: 20 }, (_, index) => `/n${index}`),
      },
    },
    {
      rule: 'fifty pipelined requests for a private path are answered one by one',
      send: ask('livez').repeat(50),
      expect: {
        status: Array.from({ length: 50 }, () => 404),
        connection: 'stays',
        upstream: { requests: 0 },
      },
    },
    {
      rule: 'a pipelined request is sent only after the one before it was answered',
      upstreams: [[respondThenContinue('', ok('first')), respond(ok('second'))]],
      steps: [
        sendText(ask('a') + ask('b')),
        waitForUpstreamText('/a'),
        (stage) => {
          if (stage.upstreams[0]?.requests.length !== 1) throw new Error('the second request did not wait');
        },
        releaseUpstream,
      ],
      expect: { status: [200, 200], body: ['first', 'second'] },
    },
    {
      rule: 'pipelined requests are read when split at any byte',
      steps: [sendInPieces(ask('a') + ask('b'), 7)],
      upstreams: [[respondWithTarget]],
      expect: { status: [200, 200], body: ['/a', '/b'] },
    },
    {
      rule: 'a request after a body with a length is read as another request',
      send: post('hello') + ask('b'),
      expect: { status: [200, 200], upstream: { requests: 2 } },
    },
    {
      rule: 'a request after a last chunk is read as another request',
      send: postChunks(chunk('hello') + lastChunk) + ask('b'),
      expect: { status: [200, 200], upstream: { requests: 2 } },
    },
    {
      rule: 'an empty line between two requests is ignored',
      send: `${post('hello')}\r\n${ask('b')}`,
      expect: { status: [200, 200], upstream: { requests: 2 } },
    },
    {
      rule: 'bytes after a request with close are not processed',
      send: ask('a', 'Connection: close') + ask('b'),
      upstreams: [[respondWithTarget]],
      expect: { status: 200, body: '/a', connection: 'closes', upstream: { requests: 1 } },
    },
    {
      rule: 'bytes after a refused request are not processed',
      send: request('GET /~/a/../b') + ask('b'),
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'bytes after a malformed request are not processed',
      send: `nonsense\r\n\r\n${ask('b')}`,
      expect: { status: 400, connection: 'closes', upstream: { requests: 0 } },
    },
    {
      rule: 'a response is not lost when the next pipelined request is malformed',
      upstreams: [[respondThenContinue('', ok('first'))]],
      steps: [
        sendText(`${ask('a')}nonsense\r\n\r\n`),
        waitForUpstreamText('/a'),
        releaseUpstream,
        waitForClose,
      ],
      expect: { status: [200, 400], connection: 'closes' },
    },
    {
      rule: 'an error between two valid requests is answered in order',
      send: ask('a') + request('GET /nowhere') + ask('c'),
      expect: { status: [200, 404, 200] },
    },
    {
      rule: 'a close by the upstream between two requests is invisible to the client',
      send: ask('a') + ask('b'),
      upstreams: [[respond(ok('a', ['Connection: close'])), respond(ok('b'))]],
      expect: { status: [200, 200], body: ['a', 'b'], connection: 'stays' },
    },
    {
      rule: 'Connection: close of an upstream is not passed on to the client',
      send: get(),
      upstreams: [[respond(ok('ok', ['Connection: close']))]],
      expect: { status: 200, lacks: [/^connection: close/i], connection: 'stays' },
    },
    {
      rule: 'a request with close is answered with close',
      send: get('Connection: close'),
      expect: { status: 200, has: [/^connection: close$/i], connection: 'closes' },
    },
    {
      rule: 'close is read in any letter case and in a list',
      send: get('Connection: x-y, CLOSE'),
      expect: { status: 200, connection: 'closes' },
    },
    {
      rule: 'Connection: close of a client does not close the upstream connection',
      steps: [
        sendText(get('Connection: close')),
        waitForClose,
        async (stage) => {
          await stage.askAlone(get('Connection: close'));
        },
      ],
      upstreams: [[respondOk]],
      expect: { status: 200, upstream: { requests: 2, connections: 1 } },
    },
    {
      rule: 'responses with different framing follow each other on one connection',
      send: ask('a') + ask('b') + ask('c'),
      upstreams: [
        [
          respond(response('200 OK', ['Transfer-Encoding: chunked'], chunk('a') + lastChunk)),
          respond(ok('b')),
          respond(response('204 No Content', [])),
        ],
      ],
      expect: { status: [200, 200, 204], body: ['a', 'b', ''] },
    },
    {
      rule: 'a long response and a short one in a row arrive complete',
      send: ask('a') + ask('b'),
      upstreams: [[respond(ok('abcdefghij'.repeat(30_000))), respond(ok('b'))]],
      expect: { status: [200, 200], body: ['abcdefghij'.repeat(30_000), 'b'] },
    },
    {
      rule: 'two client connections do not mix their responses',
      upstreams: [[respondWithTarget]],
      steps: [
        sendText(ask('mine')),
        async (stage) => {
          const other = await stage.askAlone(ask('other', 'Connection: close'));
          await stage.until('the own answer of the other', () => other.endsWith('/other'));
        },
        waitForAnswers(1),
      ],
      expect: { status: 200, body: '/mine' },
    },
    {
      rule: 'a second request after a pause finds the connection open',
      steps: [sendText(get()), waitForText('ok'), waitForAnswers(1), sendText(get()), waitForAnswers(2)],
      expect: { status: [200, 200], connection: 'stays' },
    },
  ],
};
