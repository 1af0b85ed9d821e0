import type { Case, Topic } from '../case/case.ts';
import {
  bareHeadTexts,
  chunkTexts,
  codingTexts,
  countTexts,
  lengthTexts,
  mutations,
} from '../case/smuggling-corpus.ts';
import { isAnswered, sends, sendsEachAlone } from '../case/steps.ts';
import { chunk, lastChunk, ok, response, says, saysTarget } from '../case/upstream-scripts.ts';
import { get, post, request } from '../wire/request-text.ts';

/** Whatever the proxy makes of each: nothing arrives that it does not know of, and every later answer is the right one. */
const harmless = (rule: string, texts: readonly string[]): Case => ({
  rule: `${rule} (${texts.length})`,
  upstreams: [[saysTarget]],
  steps: [sendsEachAlone(texts)],
  expect: {},
});

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** A request whose body is a request: it arrives as a body, and once. */
const carried = (method: string): Case => ({
  rule: `a request within the chunked body of a ${method} stays a body (CVE-2026-29057)`,
  send: request(`${method} /~/x`, ['Transfer-Encoding: chunked'], chunk(hidden) + lastChunk),
  expect: { status: 200, connection: 'stays', upstream: { requests: 1, whole: 1, method } },
});

export const smuggling: Topic = {
  name: 'Smuggling',
  isSafety: true,
  cases: [
    ...['DELETE', 'OPTIONS', 'GET', 'PUT', 'PATCH', 'POST', 'PROPFIND'].map(carried),
    harmless(
      'codings spelled in ways that some servers read and others do not, with a length (CL.TE)',
      codingTexts('CL.TE'),
    ),
    harmless('the same with the body framed the other way (TE.CL)', codingTexts('TE.CL')),
    harmless('the same without a length', codingTexts('TE')),
    harmless('lengths spelled in ways that some servers read and others do not', lengthTexts()),
    harmless(
      'every byte in front of the coding’s name',
      mutations((byte) => `${byte}Transfer-Encoding: chunked`),
    ),
    harmless(
      'every byte behind the coding’s name',
      mutations((byte) => `Transfer-Encoding${byte}: chunked`),
    ),
    harmless(
      'every byte in front of the coding',
      mutations((byte) => `Transfer-Encoding: ${byte}chunked`),
    ),
    harmless(
      'every byte behind the coding',
      mutations((byte) => `Transfer-Encoding: chunked${byte}`),
    ),
    harmless(
      'every byte in the place of the colon',
      mutations((byte) => `Transfer-Encoding${byte} chunked`),
    ),
    harmless('chunk sizes, extensions and ends that are read in several ways', chunkTexts()),
    harmless(
      'so many header lines that a parser may drop the one that frames the body (CVE-2026-58044)',
      countTexts(),
    ),
    harmless('heads that are read in several ways', bareHeadTexts()),
    {
      rule: 'Connection: Transfer-Encoding, upgrade does not take the framing off a chunked DELETE',
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
      expect: { status: 200, upstream: { requests: 1, whole: 1, framing: 'length' } },
    },
    {
      rule: 'what is behind an HTTP/0.9 request is no request',
      send: `GET /~/x\r\n${get()}`,
      expect: { connection: 'closes' },
      ours: { status: 400, upstream: { requests: 0 } },
    },
    {
      rule: 'an absolute address does not choose another Host than the Host',
      send: 'GET http://b/~/x HTTP/1.1\r\nHost: a\r\n\r\n',
      expect: { status: 400, upstream: { requests: 0 } },
      ours: { code: 'PROXY_PATH_INVALID' },
    },
    {
      rule: 'a response that splits itself in two is one response',
      upstreams: [
        [
          says(response('200 OK', ['Content-Length: 5', 'X-Any: y'], `hello${ok('smuggled')}`)),
          says(ok('own')),
        ],
      ],
      steps: [sends(get()), isAnswered(1), sends(get())],
      expect: { status: [200, 200], body: ['hello', 'own'] },
    },
    {
      rule: 'a line break cannot get from a header into the head that goes upstream',
      send: 'GET /~/x HTTP/1.1\r\nHost: a\r\nX-Any: b\r\r\nX-Smuggled: c\r\n\r\n',
      expect: { oneOf: [200, 400], upstream: { lacks: [/^x-any: b\r/] } },
      ours: { status: 400 },
    },
    {
      rule: 'a body that ends in half a request does not begin the next one',
      steps: [sends(post('GET /smuggled HTTP/1.1\r\nHost: a\r\nX: ')), isAnswered(1), sends(get('X-Own: 1'))],
      expect: { status: [200, 200], upstream: { requests: 2, target: '/x', has: ['x-own: 1'] } },
    },
  ],
};
