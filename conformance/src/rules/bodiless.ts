import type { Case, Expectation, Topic } from '../case/case.ts';
import { sendText, waitForAnswers } from '../case/steps.ts';
import { chunk, lastChunk, ok, respond, respondOk, response } from '../case/upstream-scripts.ts';
import { get, request } from '../wire/request-text.ts';

const row = (rule: string, text: string, expect: Expectation, method = 'GET'): Case => ({
  rule,
  send: request(`${method} /~/x`),
  upstreams: [[respond(text), respondOk]],
  expect: { body: '', connection: 'stays', ...expect },
});

const twice = (rule: string, first: string, status: number, method = 'GET'): Case => ({
  rule,
  upstreams: [[respond(first), respond(ok('second'))]],
  steps: [sendText(request(`${method} /~/x`)), waitForAnswers(1), sendText(get())],
  expect: { status: [status, 200], body: ['', 'second'] },
});

export const bodiless: Topic = {
  name: 'Responses without a body',
  isSafety: true,
  cases: [
    row(
      'HEAD gets the length of the body and no body',
      response('200 OK', ['Content-Length: 5']),
      { status: 200, has: ['content-length: 5'] },
      'HEAD',
    ),
    row(
      'HEAD of a chunked answer gets no chunks',
      response('200 OK', ['Transfer-Encoding: chunked']),
      { status: 200 },
      'HEAD',
    ),
    row(
      'HEAD of an answer without a length is complete with its head',
      response('200 OK', []),
      { status: 200 },
      'HEAD',
    ),
    row(
      'HEAD keeps the headers that describe the body',
      response('200 OK', ['Content-Length: 5', 'ETag: "1"', 'Content-Type: a/b']),
      { status: 200, has: ['etag: "1"', 'content-type: a/b'] },
      'HEAD',
    ),
    row(
      'HEAD goes upstream as HEAD',
      response('200 OK', ['Content-Length: 5']),
      { status: 200, upstream: { method: 'HEAD' } },
      'HEAD',
    ),
    row(
      'HEAD of an error gets its head',
      response('404 Not Found', ['Content-Length: 9']),
      { status: 404, has: ['content-length: 9'] },
      'HEAD',
    ),
    twice('a body that an upstream sends to HEAD is discarded', ok('body!'), 200, 'HEAD'),
    twice(
      'chunks that an upstream sends to HEAD are discarded',
      response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('body!')}${lastChunk}`),
      200,
      'HEAD',
    ),
    row('a 204 is complete with its head', response('204 No Content', []), { status: 204 }),
    row('a 204 has no length (RFC 9110 8.6)', response('204 No Content', ['Content-Length: 0']), {
      status: 204,
      lacks: [/^content-length/],
    }),
    row(
      'a 204 has no transfer coding (RFC 9112 6.1)',
      response('204 No Content', ['Transfer-Encoding: chunked'], lastChunk),
      { status: 204, lacks: [/^transfer-encoding/] },
    ),
    twice('a body after a 204 is discarded', response('204 No Content', ['Content-Length: 5'], 'body!'), 204),
    row('a 304 is complete with its head', response('304 Not Modified', ['ETag: "1"']), {
      status: 304,
      has: ['etag: "1"'],
    }),
    row(
      'a 304 may carry the length that the body would have',
      response('304 Not Modified', ['Content-Length: 5']),
      { status: 304, has: ['content-length: 5'] },
    ),
    row('a 304 has no chunks', response('304 Not Modified', ['Transfer-Encoding: chunked']), { status: 304 }),
    twice(
      'a body after a 304 is discarded',
      response('304 Not Modified', ['Content-Length: 5'], 'body!'),
      304,
    ),
    row('a 205 with a length of 0 is empty', response('205 Reset Content', ['Content-Length: 0']), {
      status: 205,
    }),
    {
      rule: 'HEAD of an error of the proxy gets its head and no body',
      send: request('HEAD /nowhere'),
      expect: { status: 404, body: '', connection: 'stays' },
      ours: { has: ['content-type: application/problem+json', /^content-length: [1-9]/] },
    },
    {
      rule: 'HEAD of a failed upstream gets no body',
      send: request('HEAD /~/x'),
      upstreams: [[respond('nonsense\r\n\r\n'), respondOk]],
      expect: { status: 502, body: '' },
    },
    {
      rule: 'a refused HEAD gets no body either',
      send: request('HEAD /~/a/../b'),
      expect: { status: 400, body: '', connection: 'closes' },
    },
    {
      rule: 'a HEAD and a GET in a row get the right bodies',
      send: `${request('HEAD /~/x')}${get()}`,
      upstreams: [[respond(response('200 OK', ['Content-Length: 5'])), respond(ok('hello'))]],
      expect: { status: [200, 200], body: ['', 'hello'] },
    },
  ],
};
