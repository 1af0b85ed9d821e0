import { describe, expect, it } from '@jest/globals';
import { MessageError } from '@tripod/http-wire/message-error';
import { parseResponseHead } from '../../../../src/forwarding/direct/wire/response-head.ts';

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const ok = (...headers: string[]): string => head('HTTP/1.1 200 OK', ...headers);

describe('parseResponseHead', () => {
  it.each([
    [
      'a length',
      ok('Content-Length: 5'),
      { status: 200, length: 5, chunked: false, text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n' },
    ],
    ['chunks', ok('Transfer-Encoding: Chunked'), { length: -1, chunked: true, text: 'HTTP/1.1 200 OK\r\n' }],
    ['neither', ok('A: b'), { length: -1, chunked: false, text: 'HTTP/1.1 200 OK\r\nA: b\r\n' }],
    ['no reason', head('HTTP/1.1 404'), { status: 404, text: 'HTTP/1.1 404 \r\n' }],
    ['an odd reason', head('HTTP/1.1 200 All \xe9 good'), { text: 'HTTP/1.1 200 All \xe9 good\r\n' }],
    ['close', ok('Connection: close'), { closes: true }],
    ['HTTP/1.0', head('HTTP/1.0 200 OK'), { closes: true }],
    ['HTTP/1.0 that stays', head('HTTP/1.0 200 OK', 'Connection: keep-alive'), { closes: false }],
    [
      'two cookies',
      ok('Set-Cookie: a', 'Set-Cookie: b'),
      {
        text: 'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n',
        isSecret: true,
      },
    ],
    [
      'hop-by-hop',
      ok('Connection: X-A', 'X-A: 1', 'Keep-Alive: x', 'Proxy-Authenticate: y'),
      { text: 'HTTP/1.1 200 OK\r\n' },
    ],
    ['a time-out', ok('Keep-Alive: max=9, timeout=5'), { keepAliveMs: 5000 }],
    ['no time-out', ok('Keep-Alive: max=9'), { keepAliveMs: Number.POSITIVE_INFINITY }],
    ['a date', ok('Date: x'), { hasDate: true }],
    [
      'blanks before a colon (RFC 9112 5.1)',
      ok('X-A \t: b', 'Transfer-Encoding : chunked'),
      { chunked: true, text: 'HTTP/1.1 200 OK\r\nX-A: b\r\n' },
    ],
    [
      'a length of no content',
      head('HTTP/1.1 204 No Content', 'Content-Length: 0'),
      { text: 'HTTP/1.1 204 No Content\r\n' },
    ],
    [
      'a request id',
      ok('X-Request-Id: a'),
      { hasRequestId: true, text: 'HTTP/1.1 200 OK\r\nX-Request-Id: a\r\n' },
    ],
  ])('parses %s', (_what, text, expected) => {
    expect(parseResponseHead(text)).toMatchObject(expected);
  });

  it('parses a head of 500 lines', () => {
    const lines = Array.from({ length: 500 }, (_, number) => `Link: </${number}>`);
    expect(parseResponseHead(ok(...lines)).text.match(/Link: /g)).toHaveLength(500);
  });

  it.each([
    ['a name that is only a blank', ok(' : b')],
    ['no version', head('200 OK')],
    ['HTTP/2', head('HTTP/2 200 OK')],
    ['a status of two digits', head('HTTP/1.1 20 OK')],
    ['a status over 599', head('HTTP/1.1 600 X')],
    ['two lengths', ok('Content-Length: 5', 'Content-Length: 5')],
    ['an invalid length', ok('Content-Length: 5a')],
    ['length and chunks', ok('Content-Length: 5', 'Transfer-Encoding: chunked')],
    ['an unknown coding', ok('Transfer-Encoding: gzip')],
    ['two codings', ok('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
    ['chunks in HTTP/1.0', head('HTTP/1.0 200 OK', 'Transfer-Encoding: chunked')],
    ['a bare LF', head('HTTP/1.1 200 OK\nA: b')],
    ['NUL', ok('A: \0')],
    ['a folded line', ok('A: b', ' c')],
  ])('refuses %s', (_what, text) => {
    expect(() => parseResponseHead(text)).toThrow(MessageError);
  });
});
