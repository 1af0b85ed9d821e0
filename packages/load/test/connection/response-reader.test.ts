import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ResponseReader } from '../../src/connection/response-reader.ts';
import type { LoadResponse } from '../../src/scenario/scenario.ts';

const read = (pieces: readonly string[], method = 'GET'): LoadResponse | undefined => {
  const reader = new ResponseReader();
  reader.begin(method);
  let response: LoadResponse | undefined;
  for (const piece of pieces) response = reader.read(Buffer.from(piece, 'latin1')) ?? response;
  return response ?? reader.end();
};

const responses: readonly (readonly [string, string, string])[] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello'],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
    'hello',
  ],
  ['the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nhello', 'hello'],
  [
    'an interim response',
    'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi',
    'hi',
  ],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', ''],
];

describe('ResponseReader', () => {
  it.each(responses)('reads a response with %s, however it is split', (_what, text, body) => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(read(pieces)?.body).toBe(body);
      }),
    );
  });

  it('reads no body of the response to HEAD', () => {
    const response = read(['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n'], 'HEAD');
    expect([response?.status, response?.body, response?.header('ETag')]).toEqual([200, '', '"a"']);
  });

  it.each([
    ['a malformed status line', 'HTTP/2 200\r\n\r\n'],
    ['bytes behind the response', 'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello'],
  ])('throws on %s', (_what, text) => {
    expect(() => read([text])).toThrow();
  });

  it('gives no response when the connection ends too early', () => {
    expect(read(['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel'])).toBeUndefined();
  });
});
