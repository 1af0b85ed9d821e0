import { describe, expect, it } from '@jest/globals';
import { MessageError } from '../../../src/forwarding/direct/message-error.ts';
import { parseResponseHead } from '../../../src/forwarding/direct/response-head.ts';

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const ok = (...headers: string[]): string => head('HTTP/1.1 200 OK', ...headers);

describe('parseResponseHead', () => {
  it.each([
    [
      'a length',
      ok('Content-Length: 5'),
      { status: 200, statusText: '200 OK', length: 5, chunked: false, lines: '' },
    ],
    ['chunks', ok('Transfer-Encoding: Chunked'), { length: -1, chunked: true, lines: '' }],
    ['neither', ok('A: b'), { length: -1, chunked: false, lines: 'A: b\r\n' }],
    ['no reason', head('HTTP/1.1 404'), { status: 404, statusText: '404 ' }],
    ['an odd reason', head('HTTP/1.1 200 All \xe9 good'), { statusText: '200 All \xe9 good' }],
    ['close', ok('Connection: close'), { closes: true }],
    ['HTTP/1.0', head('HTTP/1.0 200 OK'), { closes: true }],
    ['HTTP/1.0 that stays', head('HTTP/1.0 200 OK', 'Connection: keep-alive'), { closes: false }],
    ['two cookies', ok('Set-Cookie: a', 'Set-Cookie: b'), { lines: 'Set-Cookie: a\r\nSet-Cookie: b\r\n' }],
    ['hop-by-hop', ok('Connection: X-A', 'X-A: 1', 'Keep-Alive: x', 'Proxy-Authenticate: y'), { lines: '' }],
    ['a request id', ok('X-Request-Id: a'), { hasRequestId: true, lines: 'X-Request-Id: a\r\n' }],
  ])('understands %s', (_what, text, expected) => {
    expect(parseResponseHead(text)).toMatchObject(expected);
  });

  it.each([
    ['no version', head('200 OK')],
    ['HTTP/2', head('HTTP/2 200 OK')],
    ['a status of two digits', head('HTTP/1.1 20 OK')],
    ['a status over 599', head('HTTP/1.1 600 X')],
    ['two lengths', ok('Content-Length: 5', 'Content-Length: 5')],
    ['a length that is none', ok('Content-Length: 5a')],
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
