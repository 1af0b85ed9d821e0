import { describe, expect, it } from '@jest/globals';
import { parseByteRange } from '../../src/answer/byte-range.ts';

describe('parseByteRange', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=500-999', 500, 999],
    ['bytes=0-', 0, 999],
    ['bytes=999-', 999, 999],
    ['bytes=500-5000', 500, 999],
    ['bytes=0-99999999999999999999999999', 0, 999],
    ['bytes=-1', 999, 999],
    ['bytes=-100', 900, 999],
    ['bytes=-1000', 0, 999],
    ['bytes=-5000', 0, 999],
    ['BYTES=1-2', 1, 2],
    ['bytes=007-008', 7, 8],
    ['bytes= 1-2 ', 1, 2],
    ['bytes=,1-2,', 1, 2],
  ])('parses %j of 1000 bytes as bytes %d to %d', (header, first, last) => {
    expect(parseByteRange(header, 1000)).toEqual({ first, last });
  });

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=1-b',
    'bytes=5-2',
    'bytes=1',
    'bytes=1-2-3',
    'bytes=--1',
    'bytes=+1-2',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'bytes 1-2',
    'items=0-1',
    'bytes=0-1,5-6',
    'bytes=-1,-2',
    'bytes=2000-,3000-',
  ])('ignores %j and sends the whole file', (header) => {
    expect(parseByteRange(header, 1000)).toBeUndefined();
  });

  it.each([
    ['bytes=1000-', 1000],
    ['bytes=1000-2000', 1000],
    ['bytes=99999999999999999999999999-', 1000],
    ['bytes=-0', 1000],
    ['bytes=0-', 0],
    ['bytes=0-0', 0],
  ])('refuses %j of a file of %d bytes and sends its size', (header, size) => {
    expect(() => parseByteRange(header, size)).toThrow(
      expect.objectContaining({
        code: 'STATIC_RANGE_INVALID',
        headers: { 'Content-Range': `bytes */${size}` },
      }) as unknown as Error,
    );
  });

  it('sends the whole of an empty file for a suffix range', () => {
    expect(parseByteRange('bytes=-5', 0)).toBeUndefined();
  });
});
