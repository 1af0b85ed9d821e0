import type { Case, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import {
  closeUpstreams,
  releaseUpstream,
  sendText,
  waitForAnswers,
  waitForText,
  waitForUpstreamClose,
  writeFromUpstreams,
} from '../case/steps.ts';
import {
  chunk,
  lastChunk,
  ok,
  respond,
  respondOk,
  respondThenClose,
  respondThenContinue,
  response,
} from '../case/upstream-scripts.ts';
import { get } from '../wire/request-text.ts';
import { incompleteResponses } from './incomplete-responses.ts';

const plain = get();
const hello = `${chunk('hello')}${lastChunk}`;
const coded = (coding: string, body = hello): string =>
  response('200 OK', [`Transfer-Encoding: ${coding}`], body);
const sized = (length: string, body = 'hello'): string =>
  response('200 OK', [`Content-Length: ${length}`], body);
const large = 'abcdefghij'.repeat(30_000);

const arrives = (rule: string, script: Script, body: string, more: Case['expect'] = {}): Case => ({
  rule,
  send: plain,
  upstreams: [[script, respondOk]],
  expect: { status: 200, body, connection: 'stays', ...more },
});

/** An ambiguous response head: 502, and the upstream connection is not reused. */
const refused = (rule: string, ...pieces: readonly string[]): Case => ({
  rule,
  send: plain,
  upstreams: [[respondThenClose(...pieces), respondOk]],
  expect: { status: 502, connection: 'stays', upstream: { connections: 2 } },
  ours: { code: 'PROXY_UPSTREAM_FAILED', logged: [502] },
});

const bodies: readonly Case[] = [
  arrives('a response with a length arrives with a length', respond(sized('5')), 'hello', {
    framing: 'length',
  }),
  arrives('a chunked body arrives in chunks', respond(coded('chunked')), 'hello', { framing: 'chunked' }),
  arrives(
    'a close-delimited response arrives in chunks',
    respondThenClose(response('200 OK', [], 'hello')),
    'hello',
    { framing: 'chunked' },
  ),
  arrives('an empty close-delimited response is empty', respondThenClose(response('200 OK', [])), ''),
  arrives('a length of 0 is an empty body', respond(sized('0', '')), '', { framing: 'length' }),
  arrives('an empty chunked body is empty', respond(coded('chunked', lastChunk)), ''),
  arrives(
    'chunk extensions of a response are not passed on',
    respond(coded('chunked', `5;a="b;c"\r\nhello\r\n${lastChunk}`)),
    'hello',
  ),
  arrives(
    'a chunk size of a response may have leading zeros',
    respond(coded('chunked', `${'0'.repeat(12)}5\r\nhello\r\n${lastChunk}`)),
    'hello',
  ),
  arrives(
    'a response with 120 header lines is passed on',
    respond(
      ok(
        'hello',
        Array.from({ length: 120 }, (_, index) => `Link: </a${index}.css>; rel=preload`),
      ),
    ),
    'hello',
    { has: ['link: </a119.css>; rel=preload'] },
  ),
  {
    // RFC 9112 7.1.1 with RFC 9110 5.6.3. The engine http-proxy cannot: the strict parser of node:http cuts the
    // response off, and its lenient one would accept two framings at once.
    rule: 'blanks around a chunk size of a response are read, or the response is cut off',
    upstreams: [
      [respondThenContinue(coded('chunked', chunk(large)), `5 \r\nhello\r\n2 ;a=b\r\nok\r\n${lastChunk}`)],
    ],
    steps: [sendText(plain), waitForText('abcdefghij'), releaseUpstream],
    expect: { status: 200, body: /^(abcdefghij)+(hello(ok)?)?$/ },
  },
  arrives(
    'trailers of a response are not passed on',
    respond(coded('chunked', `${chunk('hello')}0\r\nX-Trailed: 1\r\n\r\n`)),
    'hello',
    { lacks: [/^x-trailed/] },
  ),
  arrives('a response sent byte by byte arrives complete', respond(...sized('5')), 'hello'),
  arrives(
    'a chunked response sent byte by byte arrives complete',
    respond(...coded('chunked', `${chunk('he')}${chunk('llo')}${lastChunk}`)),
    'hello',
  ),
  arrives('300,000 bytes with a length arrive complete', respond(sized('300000', large)), large),
  arrives(
    '300,000 bytes in chunks arrive complete',
    respond(coded('chunked', `${chunk(large)}${lastChunk}`)),
    large,
  ),
  arrives(
    '300,000 close-delimited bytes arrive complete',
    respondThenClose(response('200 OK', [], large)),
    large,
  ),
  arrives(
    'a binary response body arrives unchanged',
    respond(sized('6', '\x00\xff\r\n\r\x80')),
    '\x00\xff\r\n\r\x80',
  ),
  arrives('leading zeros in the length of a response are ignored', respond(sized('005')), 'hello'),
  arrives(
    'an HTTP/1.0 response arrives, and its connection is not reused',
    respond(sized('5').replace('/1.1', '/1.0')),
    'hello',
    { upstream: { connections: 2 } },
  ),
  arrives(
    'a response with Connection: close arrives, and its connection is not reused',
    respond(ok('hello', ['Connection: close'])),
    'hello',
    { lacks: [/^connection: close/], upstream: { connections: 2 } },
  ),
  arrives(
    'an unknown status is passed on',
    respond(response('299 Fancy', ['Content-Length: 2'], 'ok')),
    'ok',
    { status: 299 },
  ),
  arrives(
    'a status without a reason phrase is passed on',
    respond('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'),
    'ok',
  ),
  arrives(
    'an error of the application is passed on unchanged',
    respond(response('503 Busy', ['Content-Length: 4', 'Retry-After: 7'], 'busy')),
    'busy',
    { status: 503, has: ['retry-after: 7'] },
  ),
];

const heads: readonly Case[] = [
  refused(
    'refuses a response with both Content-Length and Transfer-Encoding',
    response('200 OK', ['Content-Length: 5', 'Transfer-Encoding: chunked'], hello),
  ),
  refused(
    'refuses a response with two different lengths',
    response('200 OK', ['Content-Length: 5', 'Content-Length: 6'], 'hello'),
  ),
  refused('refuses a response with a negative length', sized('-5')),
  refused('refuses a response with a length that is not a number', sized('five')),
  refused('refuses a response with a list as its length', sized('5, 5')),
  refused('refuses a response with an unsupported transfer coding', coded('gzip')),
  refused('refuses a response with chunked applied twice', coded('chunked, chunked')),
  refused('refuses a response with a transfer coding under chunked', coded('gzip, chunked')),
  refused(
    'refuses a response with Transfer-Encoding in two lines',
    response('200 OK', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], hello),
  ),
  refused('refuses Transfer-Encoding in an HTTP/1.0 response', coded('chunked').replace('/1.1', '/1.0')),
  refused('refuses a status line of another protocol', 'ICY 200 OK\r\nContent-Length: 5\r\n\r\nhello'),
  refused('refuses the version HTTP/2.0 in a status line', sized('5').replace('/1.1', '/2.0')),
  refused('refuses a status of two digits', sized('5').replace('200', '20')),
  refused('refuses a status of four digits', sized('5').replace('200', '2000')),
  refused('refuses a status below 100', sized('5').replace('200', '099')),
  refused('refuses a status of letters', sized('5').replace('200', 'two')),
  refused(
    'refuses a 101 without a request for an upgrade',
    response('101 Switching Protocols', ['Connection: Upgrade', 'Upgrade: echo']),
  ),
  refused(
    'refuses a response header without a colon',
    response('200 OK', ['X-Any', 'Content-Length: 5'], 'hello'),
  ),
  refused(
    'refuses a response header name with a space',
    response('200 OK', ['X Any: y', 'Content-Length: 5'], 'hello'),
  ),
  {
    // RFC 9112 5.1 has proxies remove it; a parser that refuses the response is safe, too.
    rule: 'a space before the colon of a response header is not passed on',
    send: plain,
    upstreams: [[respond(ok('hello', ['X-Any : y']))]],
    expect: { oneOf: [200, 502], lacks: [/^x-any\s+:/] },
  },
  refused(
    'refuses a folded line in a response',
    response('200 OK', ['X-Any: y', ' folded', 'Content-Length: 5'], 'hello'),
  ),
  refused(
    'refuses a NUL in a response header value',
    response('200 OK', ['X-Any: a\x00b', 'Content-Length: 5'], 'hello'),
  ),
  refused(
    'refuses a bare CR in a response header value',
    response('200 OK', ['X-Any: a\rb', 'Content-Length: 5'], 'hello'),
  ),
  {
    rule: 'a head that ends with bare LFs is no response',
    setting: 'short-upstream-time-outs',
    send: plain,
    upstreams: [[respond('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello')]],
    expect: { oneOf: [502, 504] },
  },
  refused(
    'refuses a response head over 16 KiB',
    response('200 OK', [`X-Any: ${'a'.repeat(17_000)}`, 'Content-Length: 5'], 'hello'),
  ),
  refused('refuses bytes that are not a response', 'hello\r\n\r\n'),
];

const two = (rule: string, script: Script, more: Case['expect'] = {}): Case => ({
  rule,
  upstreams: [[script, respond(ok('second'))]],
  steps: [sendText(plain), waitForAnswers(1), sendText(plain)],
  expect: { status: [200, 200], body: ['first', 'second'], ...more },
});

const kept: readonly Case[] = [
  two('an upstream connection is reused for the next request', respond(ok('first')), {
    upstream: { connections: 1 },
  }),
  two(
    'an upstream connection is reused after a chunked response',
    respond(response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('first')}${lastChunk}`)),
    { upstream: { connections: 1 } },
  ),
  two('bytes after a response answer no request', respond(ok('first') + ok('smuggled')), {
    upstream: { connections: 2 },
  }),
  two(
    'bytes after the last chunk answer no request',
    respond(
      response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('first')}${lastChunk}${ok('smuggled')}`),
    ),
    { upstream: { connections: 2 } },
  ),
  {
    rule: 'a response on an idle upstream connection answers no request',
    upstreams: [[respond(ok('first')), respond(ok('second'))]],
    steps: [
      sendText(plain),
      waitForAnswers(1),
      writeFromUpstreams(ok('smuggled')),
      waitForUpstreamClose,
      sendText(plain),
    ],
    expect: { status: [200, 200], body: ['first', 'second'] },
  },
  {
    rule: 'no request fails because the upstream closed an idle connection',
    upstreams: [[respond(ok('first')), respond(ok('second'))]],
    steps: [sendText(plain), waitForAnswers(1), closeUpstreams, waitForUpstreamClose, sendText(plain)],
    expect: { status: [200, 200], body: ['first', 'second'], upstream: { connections: 2 } },
  },
];

export const responseFraming: Topic = {
  name: 'Response framing',
  isSafety: true,
  cases: [...bodies, ...heads, ...incompleteResponses, ...kept],
};
