import type { Case, Topic } from '../case/case.ts';
import { refused } from '../case/refused-row.ts';
import { sendByteByByte } from '../case/steps.ts';
import { chunk, lastChunk } from '../case/upstream-scripts.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

type Arrived = 'length' | 'chunked' | 'none';

/** A request whose body arrives complete, however it was sent, and the connection stays open. */
const arrives = (rule: string, send: Case['send'], body: string, framing?: Arrived): Case => ({
  rule,
  ...(send === undefined ? {} : { send }),
  expect: {
    status: 200,
    connection: 'stays',
    upstream: { requests: 1, complete: 1, body, ...(framing ? { framing } : {}) },
  },
});

/** A malformed chunked body: refused, and no upstream sees a complete request. */
const malformedChunks = (rule: string, chunks: string): Case => ({
  rule,
  send: postChunks(chunks),
  expect: { status: 400, connection: 'closes', upstream: { complete: 0 } },
  ours: { code: 'REQUEST_INVALID' },
});

/** 400 means that the end of the body is unknown, 501 that the coding is not supported. Both close the connection. */
const refusedWith400Or501 = (rule: string, send: string): Case => ({
  rule,
  send,
  expect: { oneOf: [400, 501], connection: 'closes', upstream: { requests: 0 } },
});

const large = 'abcdefghij'.repeat(9000);
const hello = `${chunk('hello')}${lastChunk}`;
const next = get('X: next');
const coded = (coding: string): string => request('POST /~/x', [`Transfer-Encoding: ${coding}`], hello);
const sized = (length: string): string => request('POST /~/x', [`Content-Length: ${length}`], 'hello');
const unsupported = [501, 'PROXY_CODING_UNSUPPORTED'] as const;

const lengths: readonly Case[] = [
  arrives('a body with a length arrives with a length', post('hello'), 'hello', 'length'),
  arrives('a Content-Length of 0 means an empty body', post(''), ''),
  arrives('a body of 90,000 bytes arrives complete', post(large), large, 'length'),
  arrives('a body sent byte by byte arrives complete', [post('hello').slice(0, -5), ...'hello'], 'hello'),
  {
    rule: 'a request sent byte by byte is read',
    steps: [sendByteByByte(post('hello'))],
    expect: { status: 200, connection: 'stays', upstream: { requests: 1, body: 'hello' } },
  },
  arrives('a GET may have a body', request('GET /~/x', ['Content-Length: 5'], 'hello'), 'hello', 'length'),
  arrives('a binary request body arrives unchanged', post('\x00\xff\r\n\r\n\x80'), '\x00\xff\r\n\r\n\x80'),
  arrives('leading zeros in a length are ignored', sized('005'), 'hello'),
  arrives('white space around a length is ignored', sized(' \t5 \t'), 'hello'),
  refused(
    'refuses two different lengths',
    request('POST /~/x', ['Content-Length: 5', 'Content-Length: 6'], 'hello'),
  ),
  refused(
    'refuses two equal lengths',
    request('POST /~/x', ['Content-Length: 5', 'Content-Length: 5'], 'hello'),
  ),
  refused('refuses a list as a length', sized('5, 5')),
  refused('refuses a negative length', sized('-5')),
  refused('refuses a length with a plus sign', sized('+5')),
  refused('refuses a hexadecimal length', sized('0x5')),
  refused('refuses a length with a space in it', sized('5 5')),
  refused('refuses a length in exponent notation', sized('1e1')),
  refused('refuses a length with a fraction', sized('5.0')),
  refused('refuses an empty length', sized('')),
  refused('refuses a length that overflows an integer', sized('99999999999999999999')),
  refused('refuses a length in quotes', sized('"5"')),
];

const codings: readonly Case[] = [
  arrives('a chunked request body arrives complete', postChunks(hello), 'hello'),
  arrives('a chunked body may be empty', postChunks(lastChunk), ''),
  arrives(
    'chunks of any size make one body',
    postChunks(['a', 'bc', 'def'].map(chunk).join('') + lastChunk),
    'abcdef',
  ),
  {
    rule: 'chunks sent byte by byte make one body',
    steps: [sendByteByByte(postChunks(chunk('hello') + chunk('x'.repeat(17)) + lastChunk))],
    expect: { status: 200, connection: 'stays', upstream: { requests: 1, body: `hello${'x'.repeat(17)}` } },
  },
  arrives('a chunk size may be in upper case', postChunks(`A\r\n0123456789\r\n${lastChunk}`), '0123456789'),
  arrives('a chunk size may have leading zeros', postChunks(`0005\r\nhello\r\n${lastChunk}`), 'hello'),
  arrives('a chunk extension is not passed on', postChunks(`5;a=b;c\r\nhello\r\n${lastChunk}`), 'hello'),
  arrives(
    'a quoted chunk extension is not passed on',
    postChunks(`5;a="b;c"\r\nhello\r\n${lastChunk}`),
    'hello',
  ),
  arrives('the transfer coding is read in any letter case', coded('ChunKed'), 'hello'),
  {
    rule: 'trailers of a request are not passed on',
    send: postChunks(`${chunk('hello')}0\r\nX-Trailed: 1\r\n\r\n`, 'Trailer: X-Trailed'),
    expect: {
      status: 200,
      connection: 'stays',
      upstream: { requests: 1, body: 'hello', lacks: [/^x-trailed/, /^trailer/] },
    },
  },
  refused(
    'refuses a Content-Length together with a Transfer-Encoding',
    request('POST /~/x', ['Content-Length: 5', 'Transfer-Encoding: chunked'], hello + next),
  ),
  refused(
    'refuses a Transfer-Encoding together with a Content-Length, in the other order',
    request('POST /~/x', ['Transfer-Encoding: chunked', 'Content-Length: 5'], hello + next),
  ),
  refused('answers 501 to an unsupported transfer coding', coded('gzip'), ...unsupported),
  refused('answers 501 to a transfer coding under chunked', coded('gzip, chunked'), ...unsupported),
  refusedWith400Or501('refuses a transfer coding on top of chunked', coded('chunked, gzip')),
  refusedWith400Or501('refuses chunked applied twice', coded('chunked, chunked')),
  refusedWith400Or501(
    'refuses Transfer-Encoding in two lines',
    request('POST /~/x', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], hello),
  ),
  refused('answers 501 to the obsolete transfer coding identity', coded('identity'), ...unsupported),
  refused('answers 501 to chunked with parameters', coded('chunked;q=1'), ...unsupported),
  refused(
    'answers 501 to a transfer coding that only begins with chunked',
    coded('chunkedx'),
    ...unsupported,
  ),
  refusedWith400Or501('refuses an empty Transfer-Encoding', coded('')),
  refused('refuses Transfer-Encoding in HTTP/1.0', coded('chunked').replace('/1.1', '/1.0')),
];

const chunks: readonly Case[] = [
  malformedChunks('refuses a chunk size that is not a number', `x\r\nhello\r\n${lastChunk}`),
  malformedChunks('refuses a chunk without a size', `\r\nhello\r\n${lastChunk}`),
  malformedChunks('refuses a negative chunk size', `-5\r\nhello\r\n${lastChunk}`),
  malformedChunks('refuses a chunk size with 0x', `0x5\r\nhello\r\n${lastChunk}`),
  malformedChunks(
    'refuses a chunk size of 17 digits, which would overflow',
    `10000000000000005\r\nhello\r\n${lastChunk}`,
  ),
  malformedChunks('refuses a space before a chunk size', ` 5\r\nhello\r\n${lastChunk}`),
  malformedChunks('refuses a bare LF after a chunk size', `5\nhello\r\n${lastChunk}`),
  malformedChunks('refuses a chunk that is longer than its size', `5\r\nhello world\r\n${lastChunk}`),
  malformedChunks('refuses a chunk without its CRLF', `5\r\nhello0\r\n\r\n`),
  malformedChunks('refuses a bare LF after a chunk', `5\r\nhello\n0\r\n\r\n`),
  malformedChunks('refuses a chunk extension with a bare LF', `5;a\nb\r\nhello\r\n${lastChunk}`),
  malformedChunks('refuses a chunk extension with a NUL', `5;a\x00b\r\nhello\r\n${lastChunk}`),
  malformedChunks(
    'refuses a chunk extension without an end',
    `5;${'a'.repeat(20_000)}\r\nhello\r\n${lastChunk}`,
  ),
  {
    rule: 'refuses trailers without an end',
    send: postChunks(`${chunk('hello')}0\r\n${'X-Trailed: yes\r\n'.repeat(3000)}\r\n`),
    expect: { oneOf: [400, 431], connection: 'closes', upstream: { complete: 0 } },
  },
  {
    rule: 'a Content-Length in a trailer is not passed on',
    send: postChunks(`${chunk('hello')}0\r\nContent-Length: 50\r\n\r\n`),
    expect: { oneOf: [200, 400], upstream: { lacks: [/^content-length/] } },
  },
  malformedChunks('refuses a trailer with a NUL', `${chunk('hello')}0\r\nX: \x00\r\n\r\n`),
];

export const requestFraming: Topic = {
  name: 'Request framing',
  isSafety: true,
  cases: [...lengths, ...codings, ...chunks],
};
