import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFileName, encodeFileName } from '../../src/files/file-name.ts';

describe('decodeFileName', () => {
  it.each([
    ['plain.txt', Buffer.from('plain.txt'), 'plain.txt'],
    ['UTF-8', Buffer.from('fünke 😀'), 'fünke 😀'],
    ['Latin-1', Buffer.from('café.txt', 'latin1'), 'caf\udce9.txt'],
    ['an overlong dot', Buffer.from([0xc0, 0xae]), '\udcc0\udcae'],
    ['an encoded surrogate', Buffer.from([0xed, 0xb3, 0xa9]), '\udced\udcb3\udca9'],
    ['both encodings', Buffer.concat([Buffer.from('ü'), Buffer.from([0xfc, 0x61])]), 'ü\udcfca'],
    ['a sequence cut short', Buffer.from([0xf0, 0x9f, 0x98]), '\udcf0\udc9f\udc98'],
  ])('escapes each byte that is not part of UTF-8: %s', (_what, bytes, name) => {
    expect(decodeFileName(bytes)).toBe(name);
  });

  it('has one string for each sequence of bytes, from which encodeFileName restores them', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        const bytes = Buffer.from(array);
        expect(Buffer.from(encodeFileName(decodeFileName(bytes)))).toEqual(bytes);
      }),
    );
  });
});
