import { describe, expect, it } from '@jest/globals';
import { MessageError } from '@tripod/http-wire/message-error';
import fc from 'fast-check';
import { parseRequestHead } from '../../../../src/forwarding/direct/wire/request-head.ts';

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const get = (...headers: string[]): string => head('GET /images.json HTTP/1.1', 'Host: a', ...headers);
const codeOf = (text: string): string => {
  try {
    parseRequestHead(text);
    return 'accepted';
  } catch (error) {
    if (error instanceof MessageError) return error.code ?? '';
    throw error;
  }
};

describe('parseRequestHead', () => {
  it('parses the request line and the headers that matter to the proxy', () => {
    expect(
      parseRequestHead(
        get('User-Agent: curl', 'Accept: */*', 'Content-Length: 12', 'X-Request-Id: abcdefgh'),
      ),
    ).toMatchObject({
      method: 'GET',
      target: '/images.json',
      minor: 1,
      authority: 'a',
      bodyLength: 12,
      keepAlive: true,
      userAgent: 'curl',
      accept: '*/*',
      requestId: 'abcdefgh',
      lines: 'User-Agent: curl\r\nAccept: */*\r\n',
    });
  });

  it.each([
    ['a chunked body', get('Transfer-Encoding: chunked'), { bodyLength: -1 }],
    ['chunked in capitals', get('Transfer-Encoding: CHUNKED'), { bodyLength: -1 }],
    ['close', get('Connection: close'), { keepAlive: false }],
    ['close among others', get('Connection: x, Close'), { keepAlive: false }],
    ['HTTP/1.0', head('GET / HTTP/1.0'), { minor: 0, keepAlive: false, authority: undefined }],
    ['HTTP/1.0 that stays', head('GET / HTTP/1.0', 'Connection: Keep-Alive'), { keepAlive: true }],
    ['100-continue', get('Expect: 100-Continue', 'Content-Length: 1'), { expectsContinue: true }],
    ['an upgrade', get('Connection: Upgrade', 'Upgrade: websocket'), { upgrade: 'websocket', lines: '' }],
    ['Upgrade without its token', get('Upgrade: websocket'), { upgrade: undefined, lines: '' }],
    ['blanks around a value', get('A: \t b c \t'), { lines: 'A: \t b c \t\r\n' }],
    ['an empty value', get('A:'), { lines: 'A:\r\n' }],
    ['credentials', get('Cookie: a=b'), { isSecret: true }],
  ])('parses %s', (_what, text, expected) => {
    expect(parseRequestHead(text)).toMatchObject(expected);
  });

  it('forwards neither hop-by-hop headers nor headers that the proxy writes itself', () => {
    const { lines } = parseRequestHead(
      get(
        'Connection: X-Named, keep-alive',
        'X-Named: 1',
        'Keep-Alive: timeout=5',
        'TE: trailers',
        'Trailer: X',
        'Proxy-Authorization: Basic eA==',
        'X-Forwarded-For: 1.2.3.4',
        'X_Forwarded_For: 1.2.3.4',
        'Forwarded: for=1.2.3.4',
        'Transfer_Encoding: chunked',
        'Via: 1.1 x',
        'X-Stays: yes',
      ),
    );
    expect(lines).toBe('Via: 1.1 x\r\nX-Stays: yes\r\n');
  });

  it('does not let Connection remove Host, Content-Length or Authorization', () => {
    const text = get(
      'Connection: host, content-length, authorization',
      'Content-Length: 3',
      'Authorization: x',
    );
    expect(parseRequestHead(text)).toMatchObject({
      authority: 'a',
      bodyLength: 3,
      lines: 'Authorization: x\r\n',
    });
  });

  it.each([
    ['no Host', head('GET / HTTP/1.1'), 'REQUEST_INVALID'],
    ['two Hosts', get('Host: b'), 'REQUEST_INVALID'],
    ['HTTP/0.9', head('GET /'), 'REQUEST_INVALID'],
    ['HTTP/2.0', head('GET / HTTP/2.0', 'Host: a'), 'REQUEST_INVALID'],
    ['two blanks in the line', head('GET  / HTTP/1.1', 'Host: a'), 'REQUEST_INVALID'],
    ['a blank before the colon', get('A : b'), 'REQUEST_INVALID'],
    ['a folded line', get('A: b', ' c'), 'REQUEST_INVALID'],
    ['a line without a colon', get('abc'), 'REQUEST_INVALID'],
    ['an empty name', get(': b'), 'REQUEST_INVALID'],
    ['a bare LF', get('A: b\nC: d'), 'REQUEST_INVALID'],
    ['a bare CR', get('A: b\rC: d'), 'REQUEST_INVALID'],
    ['NUL', get('A: \0'), 'REQUEST_INVALID'],
    ['DEL', get('A: \x7f'), 'REQUEST_INVALID'],
    ['CL and TE', get('Content-Length: 1', 'Transfer-Encoding: chunked'), 'REQUEST_INVALID'],
    ['two CL', get('Content-Length: 1', 'Content-Length: 1'), 'REQUEST_INVALID'],
    ['a list of CL', get('Content-Length: 1, 1'), 'REQUEST_INVALID'],
    ['+1', get('Content-Length: +1'), 'REQUEST_INVALID'],
    ['-1', get('Content-Length: -1'), 'REQUEST_INVALID'],
    ['hexadecimal CL', get('Content-Length: 0x1'), 'REQUEST_INVALID'],
    ['an empty CL', get('Content-Length:'), 'REQUEST_INVALID'],
    ['TE in HTTP/1.0', head('POST / HTTP/1.0', 'Transfer-Encoding: chunked'), 'REQUEST_INVALID'],
    ['gzip, chunked', get('Transfer-Encoding: gzip, chunked'), 'PROXY_CODING_UNSUPPORTED'],
    ['identity', get('Transfer-Encoding: identity'), 'PROXY_CODING_UNSUPPORTED'],
    ['xchunked', get('Transfer-Encoding: xchunked'), 'PROXY_CODING_UNSUPPORTED'],
    ['two TE', get('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'), 'REQUEST_INVALID'],
    ['another expectation', get('Expect: 200-ok'), 'PROXY_EXPECTATION_FAILED'],
    ['101 lines', get(...Array.from({ length: 100 }, (_, i) => `A${i}: b`)), 'REQUEST_HEAD_TOO_LARGE'],
    ['a long URL', head(`GET /${'a'.repeat(8192)} HTTP/1.1`, 'Host: a'), 'PROXY_URL_TOO_LONG'],
  ])('refuses %s', (_what, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('accepts exactly 100 lines', () => {
    expect(codeOf(get(...Array.from({ length: 99 }, (_, i) => `A${i}: b`)))).toBe('accepted');
  });

  it('accepts or refuses any mutation of a head, and never throws another exception', () => {
    const whole = get('Content-Length: 5', 'Connection: keep-alive', 'Cookie: a=b');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 5), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        (changes) => {
          const bytes = Buffer.from(whole, 'latin1');
          for (const [at, byte] of changes) bytes[at] = byte;
          const text = bytes.toString('latin1');
          fc.pre(text.indexOf('\r\n\r\n') === text.length - 4);
          const verdict = codeOf(text);
          if (verdict !== 'accepted') return;
          // An accepted head keeps its meaning when it is written and parsed again.
          const parsed = parseRequestHead(text);
          const again = head(`${parsed.method} ${parsed.target} HTTP/1.1`, 'Host: a', `${parsed.lines}A: b`);
          expect(parseRequestHead(again).lines).toBe(`${parsed.lines}A: b\r\n`);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
