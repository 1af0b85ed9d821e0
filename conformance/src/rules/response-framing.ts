import type { Case, Topic } from '../case/case.ts';
import type { Script } from '../case/case-upstream.ts';
import {
  isAnswered,
  releases,
  sees,
  sends,
  upstreamCloses,
  upstreamIsLeft,
  upstreamWrites,
} from '../case/steps.ts';
import {
  chunk,
  closes,
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
import { get } from '../wire/request-text.ts';

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
  upstreams: [[script, saysOk]],
  expect: { status: 200, body, connection: 'stays', ...more },
});

/** A response head that leaves doubt: 502, and its connection serves nobody else. */
const refused = (rule: string, ...pieces: readonly string[]): Case => ({
  rule,
  send: plain,
  upstreams: [[saysAndCloses(...pieces), saysOk]],
  expect: { status: 502, connection: 'stays', upstream: { connections: 2 } },
  ours: { code: 'PROXY_UPSTREAM_FAILED', logged: [502] },
});

/** A response that breaks off after its head: the client must not take it for whole. */
const broken = (rule: string, script: Script): Case => ({
  rule,
  upstreams: [[script]],
  steps: [sends(plain), sees('abcdefghij'), releases],
  expect: { status: 200, broken: true, connection: 'closes' },
});

const bodies: readonly Case[] = [
  arrives('a response by length arrives by length', says(sized('5')), 'hello', { framing: 'length' }),
  arrives('a chunked body arrives in chunks', says(coded('chunked')), 'hello', { framing: 'chunked' }),
  arrives(
    'a body that ends with the connection arrives in chunks',
    saysAndCloses(response('200 OK', [], 'hello')),
    'hello',
    { framing: 'chunked' },
  ),
  arrives('an empty body that ends with the connection is empty', saysAndCloses(response('200 OK', [])), ''),
  arrives('a length of 0 is an empty body', says(sized('0', '')), '', { framing: 'length' }),
  arrives('an empty chunked body is empty', says(coded('chunked', lastChunk)), ''),
  arrives('chunk extensions end here', says(coded('chunked', `5;a="b;c"\r\nhello\r\n${lastChunk}`)), 'hello'),
  arrives(
    'trailers of a response end here',
    says(coded('chunked', `${chunk('hello')}0\r\nX-Trailed: 1\r\n\r\n`)),
    'hello',
    { lacks: [/^x-trailed/] },
  ),
  arrives('a response in single bytes arrives whole', says(...sized('5')), 'hello'),
  arrives(
    'a chunked response in single bytes arrives whole',
    says(...coded('chunked', `${chunk('he')}${chunk('llo')}${lastChunk}`)),
    'hello',
  ),
  arrives('300,000 bytes by length arrive whole', says(sized('300000', large)), large),
  arrives(
    '300,000 bytes in chunks arrive whole',
    says(coded('chunked', `${chunk(large)}${lastChunk}`)),
    large,
  ),
  arrives(
    '300,000 bytes that end with the connection arrive whole',
    saysAndCloses(response('200 OK', [], large)),
    large,
  ),
  arrives(
    'bytes that are no text arrive unchanged',
    says(sized('6', '\x00\xff\r\n\r\x80')),
    '\x00\xff\r\n\r\x80',
  ),
  arrives('leading zeros of a response’s length do not change it', says(sized('005')), 'hello'),
  arrives(
    'a response of HTTP/1.0 by length arrives, and its connection is not kept',
    says(sized('5').replace('/1.1', '/1.0')),
    'hello',
    { upstream: { connections: 2 } },
  ),
  arrives(
    'a response that says close arrives, and its connection is not kept',
    says(ok('hello', ['Connection: close'])),
    'hello',
    { lacks: [/^connection: close/], upstream: { connections: 2 } },
  ),
  arrives(
    'a status that nobody has heard of arrives',
    says(response('299 Fancy', ['Content-Length: 2'], 'ok')),
    'ok',
    { status: 299 },
  ),
  arrives('a status without a reason arrives', says('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok'), 'ok'),
  arrives(
    'an error of the application arrives as it is',
    says(response('503 Busy', ['Content-Length: 4', 'Retry-After: 7'], 'busy')),
    'busy',
    { status: 503, has: ['retry-after: 7'] },
  ),
];

const heads: readonly Case[] = [
  refused(
    'a length and a coding together are refused',
    response('200 OK', ['Content-Length: 5', 'Transfer-Encoding: chunked'], hello),
  ),
  refused(
    'two lengths that differ are refused',
    response('200 OK', ['Content-Length: 5', 'Content-Length: 6'], 'hello'),
  ),
  refused('a negative length is refused', sized('-5')),
  refused('a length that is no number is refused', sized('five')),
  refused('a list as a length is refused', sized('5, 5')),
  refused('a coding that nobody can undo is refused', coded('gzip')),
  refused('chunks in chunks are refused', coded('chunked, chunked')),
  refused('a coding below the chunks is refused', coded('gzip, chunked')),
  refused(
    'a coding in two lines is refused',
    response('200 OK', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], hello),
  ),
  refused('a coding in a response of HTTP/1.0 is refused', coded('chunked').replace('/1.1', '/1.0')),
  refused('a status line of another protocol is refused', 'ICY 200 OK\r\nContent-Length: 5\r\n\r\nhello'),
  refused('HTTP/2 in the clothes of HTTP/1 is refused', sized('5').replace('/1.1', '/2.0')),
  refused('a status of two digits is refused', sized('5').replace('200', '20')),
  refused('a status of four digits is refused', sized('5').replace('200', '2000')),
  refused('a status below 100 is refused', sized('5').replace('200', '099')),
  refused('a status of letters is refused', sized('5').replace('200', 'two')),
  refused(
    'a 101 that nobody asked for is refused',
    response('101 Switching Protocols', ['Connection: Upgrade', 'Upgrade: echo']),
  ),
  refused('a header without a colon is refused', response('200 OK', ['X-Any', 'Content-Length: 5'], 'hello')),
  refused(
    'a name with a blank within is refused',
    response('200 OK', ['X Any: y', 'Content-Length: 5'], 'hello'),
  ),
  refused(
    'a blank in front of the colon of a length is refused',
    response('200 OK', ['Content-Length : 5'], 'hello'),
  ),
  refused(
    'a folded line is refused',
    response('200 OK', ['X-Any: y', ' folded', 'Content-Length: 5'], 'hello'),
  ),
  refused('a NUL in a value is refused', response('200 OK', ['X-Any: a\x00b', 'Content-Length: 5'], 'hello')),
  refused(
    'a bare CR in a value is refused',
    response('200 OK', ['X-Any: a\rb', 'Content-Length: 5'], 'hello'),
  ),
  {
    rule: 'a head that bare LFs end is no response',
    setting: 'hasty-to-upstreams',
    send: plain,
    upstreams: [[says('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello')]],
    expect: { oneOf: [502, 504] },
  },
  refused(
    'a head of over 16 KiB is refused',
    response('200 OK', [`X-Any: ${'a'.repeat(17_000)}`, 'Content-Length: 5'], 'hello'),
  ),
  refused('bytes that are no response are refused', 'hello\r\n\r\n'),
];

const ends: readonly Case[] = [
  { ...refused('an upstream that closes without a word is a 502'), upstreams: [[closes, saysOk]] },
  { ...refused('an upstream that resets without a word is a 502'), upstreams: [[resets, saysOk]] },
  {
    ...refused('half a response head is a 502'),
    upstreams: [[saysAndCloses('HTTP/1.1 200 OK\r\nContent-Le'), saysOk]],
  },
  {
    ...refused('a 100 with nothing behind it is a 502'),
    upstreams: [[saysAndCloses('HTTP/1.1 100 Continue\r\n\r\n'), saysOk]],
  },
  broken('a body that is shorter than its length is no whole answer', saysAndCloses(sized('400000', large))),
  broken('a body that a reset cuts off is no whole answer', saysAndResets(sized('400000', large))),
  broken('chunks without the last one are no whole answer', saysAndCloses(coded('chunked', chunk(large)))),
  broken('half a chunk is no whole answer', saysAndCloses(coded('chunked', `fffff\r\n${large}`))),
  broken('chunks that a reset cuts off are no whole answer', saysAndResets(coded('chunked', chunk(large)))),
  broken(
    'a body without a length that a reset cuts off is no whole answer',
    saysAndResets(response('200 OK', [], large)),
  ),
  broken(
    'a chunk size that is none breaks the answer off',
    saysThenWhenReleased(coded('chunked', chunk(large)), `zz\r\nhello\r\n${lastChunk}`),
  ),
  broken(
    'a chunk that is longer than its size breaks the answer off',
    saysThenWhenReleased(coded('chunked', chunk(large)), `5\r\nhello world\r\n${lastChunk}`),
  ),
];

const two = (rule: string, script: Script, more: Case['expect'] = {}): Case => ({
  rule,
  upstreams: [[script, says(ok('second'))]],
  steps: [sends(plain), isAnswered(1), sends(plain)],
  expect: { status: [200, 200], body: ['first', 'second'], ...more },
});

const kept: readonly Case[] = [
  two('a connection to an upstream serves one request after the other', says(ok('first')), {
    upstream: { connections: 1 },
  }),
  two(
    'a chunked response leaves its connection in use',
    says(response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('first')}${lastChunk}`)),
    { upstream: { connections: 1 } },
  ),
  two('what comes behind a response is nobody’s answer', says(ok('first') + ok('smuggled')), {
    upstream: { connections: 2 },
  }),
  two(
    'what comes behind the last chunk is nobody’s answer',
    says(
      response('200 OK', ['Transfer-Encoding: chunked'], `${chunk('first')}${lastChunk}${ok('smuggled')}`),
    ),
    { upstream: { connections: 2 } },
  ),
  {
    rule: 'a response that comes to an idle connection is nobody’s answer',
    upstreams: [[says(ok('first')), says(ok('second'))]],
    steps: [sends(plain), isAnswered(1), upstreamWrites(ok('smuggled')), upstreamIsLeft, sends(plain)],
    expect: { status: [200, 200], body: ['first', 'second'] },
  },
  {
    rule: 'a kept connection that the upstream has closed costs no request',
    upstreams: [[says(ok('first')), says(ok('second'))]],
    steps: [sends(plain), isAnswered(1), upstreamCloses, upstreamIsLeft, sends(plain)],
    expect: { status: [200, 200], body: ['first', 'second'], upstream: { connections: 2 } },
  },
];

export const responseFraming: Topic = {
  name: 'Response framing',
  isSafety: true,
  cases: [...bodies, ...heads, ...ends, ...kept],
};
