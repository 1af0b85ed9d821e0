import type { Case, Topic } from '../case/case.ts';
import { refused } from '../case/refused-row.ts';
import { sendsByteByByte } from '../case/steps.ts';
import { chunk, lastChunk } from '../case/upstream-scripts.ts';
import { get, post, postChunks, request } from '../wire/request-text.ts';

type Arrived = 'length' | 'chunked' | 'none';

/** A request whose body arrives whole, however it was sent; the connection goes on. */
const arrives = (rule: string, send: Case['send'], body: string, framing?: Arrived): Case => ({
  rule,
  ...(send === undefined ? {} : { send }),
  expect: {
    status: 200,
    connection: 'stays',
    upstream: { requests: 1, whole: 1, body, ...(framing ? { framing } : {}) },
  },
});

/** A body whose chunks are no chunks: refused, and no upstream takes the request for whole. */
const broken = (rule: string, chunks: string): Case => ({
  rule,
  send: postChunks(chunks),
  expect: { status: 400, connection: 'closes', upstream: { whole: 0 } },
  ours: { code: 'REQUEST_INVALID' },
});

/** 400 says that the end can't be known, 501 that the coding can't be undone: both end it. */
const doubtful = (rule: string, send: string): Case => ({
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
  arrives('a body by length arrives by length', post('hello'), 'hello', 'length'),
  arrives('a Content-Length of 0 is a request without a body', post(''), ''),
  arrives('a body of 90,000 bytes arrives whole', post(large), large, 'length'),
  arrives('a body in single bytes arrives whole', [post('hello').slice(0, -5), ...'hello'], 'hello'),
  {
    rule: 'a request in single bytes is read',
    steps: [sendsByteByByte(post('hello'))],
    expect: { status: 200, connection: 'stays', upstream: { requests: 1, body: 'hello' } },
  },
  arrives('a GET may have a body', request('GET /~/x', ['Content-Length: 5'], 'hello'), 'hello', 'length'),
  arrives(
    'a body of bytes that are no text arrives unchanged',
    post('\x00\xff\r\n\r\n\x80'),
    '\x00\xff\r\n\r\n\x80',
  ),
  arrives('leading zeros of a length do not change it', sized('005'), 'hello'),
  arrives('blanks around a length do not change it', sized(' \t5 \t'), 'hello'),
  refused(
    'refuses two lengths that differ',
    request('POST /~/x', ['Content-Length: 5', 'Content-Length: 6'], 'hello'),
  ),
  refused(
    'refuses two lengths that are the same',
    request('POST /~/x', ['Content-Length: 5', 'Content-Length: 5'], 'hello'),
  ),
  refused('refuses a list as a length', sized('5, 5')),
  refused('refuses a negative length', sized('-5')),
  refused('refuses a length with a plus sign', sized('+5')),
  refused('refuses a hexadecimal length', sized('0x5')),
  refused('refuses a length with a blank within', sized('5 5')),
  refused('refuses a length in exponent notation', sized('1e1')),
  refused('refuses a length with a fraction', sized('5.0')),
  refused('refuses an empty length', sized('')),
  refused('refuses a length beyond what a number can hold', sized('99999999999999999999')),
  refused('refuses a length in quotes', sized('"5"')),
];

const codings: readonly Case[] = [
  arrives('a chunked body arrives in chunks of the proxy', postChunks(hello), 'hello'),
  arrives('a chunked body may be empty', postChunks(lastChunk), ''),
  arrives(
    'chunks of any size make one body',
    postChunks(['a', 'bc', 'def'].map(chunk).join('') + lastChunk),
    'abcdef',
  ),
  {
    rule: 'chunks in single bytes make one body',
    steps: [sendsByteByByte(postChunks(chunk('hello') + chunk('x'.repeat(17)) + lastChunk))],
    expect: { status: 200, connection: 'stays', upstream: { requests: 1, body: `hello${'x'.repeat(17)}` } },
  },
  arrives(
    'a chunk size may be written in capitals',
    postChunks(`A\r\n0123456789\r\n${lastChunk}`),
    '0123456789',
  ),
  arrives('a chunk size may have leading zeros', postChunks(`0005\r\nhello\r\n${lastChunk}`), 'hello'),
  arrives('a chunk extension ends here', postChunks(`5;a=b;c\r\nhello\r\n${lastChunk}`), 'hello'),
  arrives('a quoted chunk extension ends here', postChunks(`5;a="b;c"\r\nhello\r\n${lastChunk}`), 'hello'),
  arrives('the coding is known in any spelling of its letters', coded('ChunKed'), 'hello'),
  {
    rule: 'trailers of a request end here',
    send: postChunks(`${chunk('hello')}0\r\nX-Trailed: 1\r\n\r\n`, 'Trailer: X-Trailed'),
    expect: {
      status: 200,
      connection: 'stays',
      upstream: { requests: 1, body: 'hello', lacks: [/^x-trailed/, /^trailer/] },
    },
  },
  refused(
    'refuses a length and a coding together',
    request('POST /~/x', ['Content-Length: 5', 'Transfer-Encoding: chunked'], hello + next),
  ),
  refused(
    'refuses a coding and a length together, in the other order',
    request('POST /~/x', ['Transfer-Encoding: chunked', 'Content-Length: 5'], hello + next),
  ),
  refused('answers 501 to a coding that it can not undo', coded('gzip'), ...unsupported),
  refused('answers 501 to a coding below the chunks', coded('gzip, chunked'), ...unsupported),
  doubtful('refuses a coding above the chunks', coded('chunked, gzip')),
  doubtful('refuses chunks in chunks', coded('chunked, chunked')),
  doubtful(
    'refuses the coding in two lines',
    request('POST /~/x', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'], hello),
  ),
  refused('answers 501 to the coding identity, which is none any more', coded('identity'), ...unsupported),
  refused('answers 501 to a coding with parameters', coded('chunked;q=1'), ...unsupported),
  refused('answers 501 to a coding that only begins with the word', coded('chunkedx'), ...unsupported),
  doubtful('refuses an empty coding', coded('')),
  refused('refuses a coding in HTTP/1.0, which has none', coded('chunked').replace('/1.1', '/1.0')),
];

const chunks: readonly Case[] = [
  broken('refuses a chunk size that is no number', `x\r\nhello\r\n${lastChunk}`),
  broken('refuses a chunk without a size', `\r\nhello\r\n${lastChunk}`),
  broken('refuses a negative chunk size', `-5\r\nhello\r\n${lastChunk}`),
  broken('refuses a chunk size with 0x', `0x5\r\nhello\r\n${lastChunk}`),
  broken(
    'refuses a chunk size of 17 digits, which would wrap around',
    `10000000000000005\r\nhello\r\n${lastChunk}`,
  ),
  broken('refuses a blank in front of a chunk size', ` 5\r\nhello\r\n${lastChunk}`),
  broken('refuses a chunk size that a bare LF ends', `5\nhello\r\n${lastChunk}`),
  broken('refuses a chunk that is longer than its size', `5\r\nhello world\r\n${lastChunk}`),
  broken('refuses a chunk without its CRLF', `5\r\nhello0\r\n\r\n`),
  broken('refuses a chunk that a bare LF ends', `5\r\nhello\n0\r\n\r\n`),
  broken('refuses a chunk extension with a bare LF', `5;a\nb\r\nhello\r\n${lastChunk}`),
  broken('refuses a chunk extension with a NUL', `5;a\x00b\r\nhello\r\n${lastChunk}`),
  broken('refuses a chunk extension without an end', `5;${'a'.repeat(20_000)}\r\nhello\r\n${lastChunk}`),
  {
    rule: 'refuses trailers without an end',
    send: postChunks(`${chunk('hello')}0\r\n${'X-Trailed: yes\r\n'.repeat(3000)}\r\n`),
    expect: { oneOf: [400, 431], connection: 'closes', upstream: { whole: 0 } },
  },
  {
    rule: 'a length in a trailer reaches no upstream',
    send: postChunks(`${chunk('hello')}0\r\nContent-Length: 50\r\n\r\n`),
    expect: { oneOf: [200, 400], upstream: { lacks: [/^content-length/] } },
  },
  broken('refuses a trailer with a NUL', `${chunk('hello')}0\r\nX: \x00\r\n\r\n`),
];

export const requestFraming: Topic = {
  name: 'Request framing',
  isSafety: true,
  cases: [...lengths, ...codings, ...chunks],
};
