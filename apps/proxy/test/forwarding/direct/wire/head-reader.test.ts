import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HeadCache } from '../../../../src/forwarding/direct/wire/head-cache.ts';
import { ResponseHeadReader } from '../../../../src/forwarding/direct/wire/head-reader.ts';
import { parseResponseHead } from '../../../../src/forwarding/direct/wire/response-head.ts';

const makeReader = () => new ResponseHeadReader(new HeadCache(parseResponseHead, (head) => head));

describe('ResponseHeadReader', () => {
  it('returns undefined until the head is complete, also when its end stands in the buffer after the bytes read', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody');
    const reader = makeReader();
    for (let end = 0; end < bytes.length - 4; end += 1) expect(reader.read(bytes, 0, end)).toBeUndefined();
    expect(reader.read(bytes, 0, bytes.length - 4)).toMatchObject({ status: 200 });
    expect(reader.next).toBe(bytes.length - 4);
  });

  it('reads each head as if it were the first of its connection', () => {
    const status = fc.constantFrom('200 OK', '201 OK', '404 No', '500 No');
    const value = fc.constantFrom('a', 'b', 'ab', '\r\n', '\n', 'a\r\n\r\nHTTP/1.1 200 OK');
    const text = fc.tuple(status, value, fc.constantFrom('', 'x\r\n\r\n', 'rest'));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), (heads) => {
        const reader = makeReader();
        for (const [line, header, rest] of heads) {
          const bytes = Buffer.from(`HTTP/1.1 ${line}\r\nA: ${header}\r\n\r\n${rest}`);
          const read = (one: ResponseHeadReader): string => {
            try {
              return JSON.stringify([one.read(bytes, 0, bytes.length), one.next]);
            } catch (error) {
              return String(error);
            }
          };
          expect(read(reader)).toBe(read(makeReader()));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
