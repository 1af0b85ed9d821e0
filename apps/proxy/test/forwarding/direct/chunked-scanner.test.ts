import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChunkedScanner } from '../../../src/forwarding/direct/chunked-scanner.ts';
import { MessageError } from '../../../src/forwarding/direct/message-error.ts';

/** Scans pieces one after the other: the data, the bytes left over, or `refused`. */
const scan = (pieces: readonly Buffer[]): string => {
  const scanner = new ChunkedScanner('request');
  let data = '';
  let rest = '';
  try {
    for (const piece of pieces) {
      const next = scanner.scan(piece, 0, piece.length, (from, to) => {
        data += piece.toString('latin1', from, to);
      });
      rest += piece.toString('latin1', next);
    }
  } catch (error) {
    if (error instanceof MessageError) return 'refused';
    throw error;
  }
  return `${scanner.done ? 'done' : 'open'} data=${data} rest=${rest}`;
};

const scanText = (text: string): string => scan([Buffer.from(text, 'latin1')]);

const split = (bytes: Buffer, at: readonly number[]): Buffer[] => {
  const cuts = [...new Set(at.map((n) => n % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index] ?? bytes.length));
};

describe('ChunkedScanner', () => {
  it.each([
    ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'done data=hello rest='],
    ['two chunks', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n', 'done data=hello rest='],
    ['no data', '0\r\n\r\n', 'done data= rest='],
    [
      'hexadecimal sizes',
      `A\r\n${'x'.repeat(10)}\r\nb\r\n${'y'.repeat(11)}\r\n0\r\n\r\n`,
      `done data=${'x'.repeat(10)}${'y'.repeat(11)} rest=`,
    ],
    ['an extension', '2;a="b"\r\nhe\r\n0;c\r\n\r\n', 'done data=he rest='],
    ['trailers', '0\r\nX-A: b\r\nX-C: d\r\n\r\n', 'done data= rest='],
    ['the next request behind it', '0\r\n\r\nGET /', 'done data= rest=GET /'],
    ['leading zeros', '0002\r\nhe\r\n00\r\n\r\n', 'done data=he rest='],
    ['an unfinished body', '5\r\nhel', 'open data=hel rest='],
    ['no size', '\r\nhello', 'refused'],
    ['a size that is none', 'g\r\n', 'refused'],
    ['a sign', '+5\r\nhello\r\n', 'refused'],
    ['0x', '0x5\r\nhello\r\n', 'refused'],
    ['a blank after the size', '5 \r\nhello\r\n', 'refused'],
    ['a bare LF after the size', '5\nhello\r\n', 'refused'],
    ['a bare CR after the size', '5\rhello\r\n', 'refused'],
    ['data longer than its size', '4\r\nhello\r\n', 'refused'],
    ['data shorter than its size', '6\r\nhello\r\n0\r\n\r\n', 'refused'],
    ['a bare LF after the data', '5\r\nhello\n0\r\n\r\n', 'refused'],
    ['a size of nine digits', '000000005\r\nhello\r\n', 'refused'],
    ['a bare LF in an extension', '5;a\nb\r\nhello\r\n', 'refused'],
    ['a bare LF in a trailer', '0\r\nA: b\n\r\n', 'refused'],
    ['a long extension', `5;${'a'.repeat(1100)}\r\nhello\r\n`, 'refused'],
    ['long trailers', `0\r\nA: ${'a'.repeat(5000)}\r\n\r\n`, 'refused'],
  ])('%s', (_what, text, verdict) => {
    expect(scanText(text)).toBe(verdict);
  });

  it('comes to the same result however the bytes are split', () => {
    const body = fc
      .array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 6 })
      .map(
        (chunks) =>
          `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\nrest`,
      );
    fc.assert(
      fc.property(
        body,
        fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 2 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (text, changes, cuts) => {
          const bytes = Buffer.from(text, 'latin1');
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
          const bytewise = [...bytes].map((byte) => Buffer.from([byte]));
          const whole = scan([bytes]);
          expect(scan(split(bytes, cuts))).toBe(whole);
          expect(scan(bytewise)).toBe(whole);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
