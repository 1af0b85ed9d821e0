import type { Case, Topic } from '../case/case.ts';
import {
  bareHeadTexts,
  chunkTexts,
  codingTexts,
  countTexts,
  lengthTexts,
  mutations,
} from '../case/smuggling-corpus.ts';
import { sendEachOnOwnConnection, sendText, waitForAnswers } from '../case/steps.ts';
import { chunk, lastChunk, ok, respond, respondWithTarget, response } from '../case/upstream-scripts.ts';
import { get, post, request } from '../wire/request-text.ts';

/**
 * However the proxy reads each text, no unknown request reaches the upstream, and every later response is the right
 * one.
 */
const harmless = (rule: string, texts: readonly string[]): Case => ({
  rule: `${rule} (${texts.length})`,
  upstreams: [[respondWithTarget]],
  steps: [sendEachOnOwnConnection(texts)],
  expect: {},
});

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** A request with a request as its body: the body stays a body, and the request arrives once. */
const carried = (method: string): Case => ({
  rule: `a request within the chunked body of a ${method} stays a body (CVE-2026-29057)`,
  send: request(`${method} /~/x`, ['Transfer-Encoding: chunked'], chunk(hidden) + lastChunk),
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, complete: 1, method } },
});

export const smuggling: Topic = {
  name: 'Smuggling',
  isSafety: true,
  cases: [
    ...['DELETE', 'OPTIONS', 'GET', 'PUT', 'PATCH', 'POST', 'PROPFIND'].map(carried),
    harmless('ambiguous spellings of Transfer-Encoding with a length (CL.TE)', codingTexts('CL.TE')),
    harmless('ambiguous spellings of Transfer-Encoding with a length (TE.CL)', codingTexts('TE.CL')),
    harmless('ambiguous spellings of Transfer-Encoding without a length', codingTexts('TE')),
    harmless('ambiguous spellings of Content-Length', lengthTexts()),
    harmless(
      'every byte before Transfer-Encoding',
      mutations((byte) => `${byte}Transfer-Encoding: chunked`),
    ),
    harmless(
      'every byte after Transfer-Encoding',
      mutations((byte) => `Transfer-Encoding${byte}: chunked`),
    ),
    harmless(
      'every byte before chunked',
      mutations((byte) => `Transfer-Encoding: ${byte}chunked`),
    ),
    harmless(
      'every byte after chunked',
      mutations((byte) => `Transfer-Encoding: chunked${byte}`),
    ),
    harmless(
      'every byte in place of the colon',
      mutations((byte) => `Transfer-Encoding${byte} chunked`),
    ),
    harmless('ambiguous chunk sizes, extensions and line ends', chunkTexts()),
    harmless(
      'more header lines than a parser may keep, the framing line last (CVE-2026-58044)',
      countTexts(),
    ),
    harmless('ambiguous request heads', bareHeadTexts()),
    {
      rule: 'Connection: Transfer-Encoding, upgrade does not remove the framing of a chunked DELETE',
      send: request(
        'DELETE /~/x',
        ['Connection: Transfer-Encoding, upgrade', 'Transfer-Encoding: chunked'],
        chunk(hidden) + lastChunk,
      ),
      expect: { oneOf: [200, 400], upstream: { lacks: [/^smuggled/] } },
    },
    {
      rule: 'a length that Connection names still frames the body',
      send: request(
        'POST /~/x',
        ['Connection: close, Content-Length', `Content-Length: ${hidden.length}`],
        hidden,
      ),
      expect: { status: 200, upstream: { requests: 1, complete: 1, framing: 'length' } },
    },
    {
      rule: 'bytes after an HTTP/0.9 request are no request',
      send: `GET /~/x\r\n${get()}`,
      expect: { connection: 'closes' },
      ours: { status: 400, upstream: { requests: 0 } },
    },
    {
      rule: 'an absolute URL does not override the Host',
      send: 'GET http://b/~/x HTTP/1.1\r\nHost: a\r\n\r\n',
      expect: { status: 400, upstream: { requests: 0 } },
      ours: { code: 'PROXY_PATH_INVALID' },
    },
    {
      rule: 'a response with a second response in its body is one response',
      upstreams: [
        [
          respond(response('200 OK', ['Content-Length: 5', 'X-Any: y'], `hello${ok('smuggled')}`)),
          respond(ok('own')),
        ],
      ],
      steps: [sendText(get()), waitForAnswers(1), sendText(get())],
      expect: { status: [200, 200], body: ['hello', 'own'] },
    },
    {
      rule: 'a bare CR in a header does not become a line break upstream',
      send: 'GET /~/x HTTP/1.1\r\nHost: a\r\nX-Any: b\r\r\nX-Smuggled: c\r\n\r\n',
      expect: { oneOf: [200, 400], upstream: { lacks: [/^x-any: b\r/] } },
      ours: { status: 400 },
    },
    {
      rule: 'a body that ends with a partial request does not start the next request',
      steps: [
        sendText(post('GET /smuggled HTTP/1.1\r\nHost: a\r\nX: ')),
        waitForAnswers(1),
        sendText(get('X-Own: 1')),
      ],
      expect: { status: [200, 200], upstream: { requests: 2, target: '/x', has: ['x-own: 1'] } },
    },
  ],
};
