import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChunkedScanner } from '../src/chunked-scanner.ts';
import { MessageError, type MessageSide } from '../src/message-error.ts';

/** Scans pieces one after the other. Returns the data and the bytes after the body, or `refused`. */
const scan = (pieces: readonly Buffer[], side: MessageSide = 'request'): string => {
  const scanner = new ChunkedScanner(side);
  let data = '';
  let rest = '';
  try {
    for (const piece of pieces) {
      // The scanner moves data within its buffer.
      const bytes = Buffer.from(piece);
      const next = scanner.scan(bytes, 0, bytes.length);
      data += bytes.toString('latin1', scanner.dataStart, scanner.dataEnd);
      rest += bytes.toString('latin1', next);
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
    ['decodes one chunk', '5\r\nhello\r\n0\r\n\r\n', 'done data=hello rest='],
    ['decodes two chunks', '2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n', 'done data=hello rest='],
    ['decodes an empty body', '0\r\n\r\n', 'done data= rest='],
    [
      'reads sizes as hexadecimal numbers',
      `A\r\n${'x'.repeat(10)}\r\nb\r\n${'y'.repeat(11)}\r\n0\r\n\r\n`,
      `done data=${'x'.repeat(10)}${'y'.repeat(11)} rest=`,
    ],
    ['drops chunk extensions', '2;a="b"\r\nhe\r\n0;c\r\n\r\n', 'done data=he rest='],
    ['drops trailers', '0\r\nX-A: b\r\nX-C: d\r\n\r\n', 'done data= rest='],
    ['stops at the end of the body', '0\r\n\r\nGET /', 'done data= rest=GET /'],
    ['accepts leading zeros', '0002\r\nhe\r\n00\r\n\r\n', 'done data=he rest='],
    ['waits for the rest of an incomplete body', '5\r\nhel', 'open data=hel rest='],
    ['refuses an empty size', '\r\nhello', 'refused'],
    ['refuses a size that is not hexadecimal', 'g\r\n', 'refused'],
    ['refuses a sign', '+5\r\nhello\r\n', 'refused'],
    ['refuses the prefix 0x', '0x5\r\nhello\r\n', 'refused'],
    ['refuses a blank after the size', '5 \r\nhello\r\n', 'refused'],
    ['refuses a bare LF after the size', '5\nhello\r\n', 'refused'],
    ['refuses a bare CR after the size', '5\rhello\r\n', 'refused'],
    ['refuses data longer than its size', '4\r\nhello\r\n', 'refused'],
    ['refuses data shorter than its size', '6\r\nhello\r\n0\r\n\r\n', 'refused'],
    ['refuses a bare LF after the data', '5\r\nhello\n0\r\n\r\n', 'refused'],
    ['refuses a size of nine digits', '000000005\r\nhello\r\n', 'refused'],
    ['refuses a bare LF in an extension', '5;a\nb\r\nhello\r\n', 'refused'],
    ['refuses a bare LF in a trailer', '0\r\nA: b\n\r\n', 'refused'],
    ['refuses an extension over 1 KiB', `5;${'a'.repeat(1100)}\r\nhello\r\n`, 'refused'],
    ['refuses trailers over 4 KiB', `0\r\nA: ${'a'.repeat(5000)}\r\n\r\n`, 'refused'],
  ])('%s', (_what, text, verdict) => {
    expect(scanText(text)).toBe(verdict);
  });

  it.each([
    ['blanks before an extension', '2 \t;a=b\r\nhe\r\n0\r\n\r\n', 'done data=he rest='],
    ['blanks after a size', '2   \r\nhe\r\n0 \r\n\r\n', 'done data=he rest='],
    [
      'any number of leading zeros',
      `${'0'.repeat(500)}2\r\nhe\r\n${'0'.repeat(500)}\r\n\r\n`,
      'done data=he rest=',
    ],
    ['eight digits after leading zeros', '0000ffffffff\r\nhe', 'open data=he rest='],
  ])('accepts %s in a response (RFC 9112 7.1.1), and refuses it in a request', (_what, text, verdict) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(scan([bytes], 'response')).toBe(verdict);
    expect(
      scan(
        [...bytes].map((byte) => Buffer.from([byte])),
        'response',
      ),
    ).toBe(verdict);
    expect(scan([bytes], 'request')).toBe('refused');
  });

  it.each([
    ['nine digits', 'fffffffff\r\n'],
    ['a digit after a blank', '2 0\r\nhe\r\n'],
    ['only a blank', ' \r\n'],
    ['leading zeros without end', '0'.repeat(2000)],
    ['blanks without end', `2${' '.repeat(2000)}`],
  ])('refuses %s as a chunk size of a response', (_what, text) => {
    expect(scan([Buffer.from(text)], 'response')).toBe('refused');
  });

  it('moves the data of many chunks in one scan together, in time that grows with the bytes', () => {
    const scanner = new ChunkedScanner('request');
    const bytes = Buffer.from(`${'1\r\nx\r\n'.repeat(10_000)}${'80\r\n'}${'y'.repeat(128)}\r\n0\r\n\r\nnext`);
    const next = scanner.scan(bytes, 0, bytes.length);
    expect(bytes.toString('latin1', scanner.dataStart, scanner.dataEnd)).toBe(
      'x'.repeat(10_000) + 'y'.repeat(128),
    );
    expect(bytes.toString('latin1', next)).toBe('next');
  });

  it('gives the same result however the bytes are split', () => {
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
