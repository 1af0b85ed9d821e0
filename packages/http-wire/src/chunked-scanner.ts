import { type MessageSide, malformed } from './message-error.ts';

const maxExtensionBytes = 1024;
const maxTrailerBytes = 4096;
const maxSizeDigits = 8;
/** Shorter runs are moved byte by byte: a call of `copyWithin` costs more. */
const minCopiedBytes = 64;

type State =
  | 'size'
  | 'size-blank'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-line'
  | 'trailer-lf'
  | 'end-lf';

const digitOf = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/**
 * Decodes a chunked body (RFC 9112 7.1): passes its data on and drops sizes, extensions and trailers. The data and the
 * verdict are the same however the bytes are split. Blanks after a size and any number of leading zeros are accepted in
 * responses (7.1.1: existing servers pad sizes); in requests they are refused, because parsers disagree about them.
 */
export class ChunkedScanner {
  readonly #side: MessageSide;
  #state: State = 'size';
  #left = 0;
  #digits = 0;
  #skipped = 0;
  /** The last chunk and its trailers have been read. */
  done = false;
  /** The data of the last scan stands in its buffer from here to `dataEnd`, also when the scan threw. */
  dataStart = 0;
  dataEnd = 0;

  constructor(side: MessageSide) {
    this.#side = side;
  }

  /**
   * Scans from `start` to `end` and moves the data of all chunks in between together, within the same buffer, so that
   * one scan yields one piece however small the chunks are. Returns where it stopped: `end`, or the first byte after
   * the body. Throws a MessageError for malformed framing.
   */
  scan(bytes: Buffer, start: number, end: number): number {
    this.dataStart = start;
    this.dataEnd = start;
    let index = start;
    while (index < end && !this.done) {
      if (this.#state !== 'data') {
        this.#step(bytes[index] ?? 0);
        index += 1;
        continue;
      }
      const length = Math.min(end - index, this.#left);
      this.#left -= length;
      this.#append(bytes, index, length);
      index += length;
      if (this.#left === 0) this.#state = 'data-cr';
    }
    return index;
  }

  #append(bytes: Buffer, from: number, length: number): void {
    if (this.dataStart === this.dataEnd) {
      this.dataStart = from;
      this.dataEnd = from;
    } else if (length >= minCopiedBytes) bytes.copyWithin(this.dataEnd, from, from + length);
    else
      for (let index = 0; index < length; index += 1) bytes[this.dataEnd + index] = bytes[from + index] ?? 0;
    this.dataEnd += length;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#readSize(byte);
        return;
      case 'size-blank':
        this.#readSizeEnd(byte);
        return;
      case 'extension':
        this.#skip(byte, maxExtensionBytes);
        if (byte === 13) this.#state = 'size-lf';
        return;
      case 'size-lf':
        this.#expect(byte, 10);
        this.#state = this.#left > 0 ? 'data' : 'trailer';
        this.#digits = 0;
        this.#skipped = 0;
        return;
      case 'data-cr':
        this.#expect(byte, 13);
        this.#state = 'data-lf';
        return;
      case 'data-lf':
        this.#expect(byte, 10);
        this.#state = 'size';
        return;
      case 'trailer':
        if (byte === 13) this.#state = 'end-lf';
        else {
          this.#skip(byte, maxTrailerBytes);
          this.#state = 'trailer-line';
        }
        return;
      case 'trailer-line':
        this.#skip(byte, maxTrailerBytes);
        if (byte === 13) this.#state = 'trailer-lf';
        return;
      case 'trailer-lf':
        this.#expect(byte, 10);
        this.#state = 'trailer';
        return;
      case 'end-lf':
        this.#expect(byte, 10);
        this.done = true;
        return;
      case 'data':
        throw new Error('ChunkedScanner: data is not read byte by byte');
    }
  }

  #readSize(byte: number): void {
    const digit = digitOf(byte);
    if (digit >= 0) {
      // Leading zeros of a response do not count as digits: the value is limited, not its spelling.
      const followsZeros = this.#left === 0 && this.#digits > 0;
      if (followsZeros && this.#side === 'response') this.#countSkipped(maxExtensionBytes);
      else this.#digits += 1;
      if (this.#digits > maxSizeDigits)
        throw malformed(this.#side, `A chunk size has more than ${maxSizeDigits} digits.`);
      this.#left = this.#left * 16 + digit;
    } else if (this.#digits > 0) this.#readSizeEnd(byte);
    else throw malformed(this.#side, 'A chunk size is malformed.');
  }

  #readSizeEnd(byte: number): void {
    if (byte === 13) this.#state = 'size-lf';
    else if (byte === 59) this.#state = 'extension';
    else if (this.#side === 'response' && (byte === 32 || byte === 9)) {
      this.#state = 'size-blank';
      this.#countSkipped(maxExtensionBytes);
    } else throw malformed(this.#side, 'A chunk size is malformed.');
  }

  /** Drops a byte of an extension or trailer; a bare LF or a NUL in it would be read differently by other servers. */
  #skip(byte: number, max: number): void {
    const allowed = byte === 9 || byte === 13 || (byte >= 32 && byte !== 127);
    if (!allowed) throw malformed(this.#side, 'A chunk extension or trailer is malformed.');
    this.#countSkipped(max);
  }

  #countSkipped(max: number): void {
    this.#skipped += 1;
    if (this.#skipped > max) throw malformed(this.#side, 'A chunk size, extension or trailer is too long.');
  }

  #expect(byte: number, expected: number): void {
    if (byte !== expected) throw malformed(this.#side, 'A chunk does not end where its size says.');
  }
}
