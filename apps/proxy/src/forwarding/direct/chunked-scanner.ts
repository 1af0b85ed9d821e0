import { type HeadSide, malformed } from './header-lines.ts';

const maxExtensionBytes = 1024;
const maxTrailerBytes = 4096;
const maxSizeDigits = 8;

type State =
  | 'size'
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
 * Takes a chunked body apart (RFC 9112 7.1): the data goes on, sizes, extensions and trailers end here. However the
 * bytes are split, the data and the verdict are the same.
 */
export class ChunkedScanner {
  readonly #side: HeadSide;
  #state: State = 'size';
  #left = 0;
  #digits = 0;
  #skipped = 0;
  /** The last chunk and its trailers have been read. */
  done = false;

  constructor(side: HeadSide) {
    this.#side = side;
  }

  /**
   * Scans from `start` to `end` and tells of each run of data. Returns where it stopped: `end`, or the first byte after
   * the body. Throws a MessageError on a malformed chunk.
   */
  scan(bytes: Buffer, start: number, end: number, onData: (from: number, to: number) => void): number {
    let index = start;
    while (index < end && !this.done) {
      if (this.#state === 'data') {
        const to = Math.min(end, index + this.#left);
        this.#left -= to - index;
        onData(index, to);
        index = to;
        if (this.#left === 0) this.#state = 'data-cr';
      } else {
        this.#step(bytes[index] ?? 0);
        index += 1;
      }
    }
    return index;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#size(byte);
        return;
      case 'extension':
        this.#skip(byte, maxExtensionBytes);
        if (byte === 13) this.#state = 'size-lf';
        return;
      case 'size-lf':
        this.#need(byte, 10);
        this.#state = this.#left > 0 ? 'data' : 'trailer';
        this.#digits = 0;
        this.#skipped = 0;
        return;
      case 'data-cr':
        this.#need(byte, 13);
        this.#state = 'data-lf';
        return;
      case 'data-lf':
        this.#need(byte, 10);
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
        this.#need(byte, 10);
        this.#state = 'trailer';
        return;
      case 'end-lf':
        this.#need(byte, 10);
        this.done = true;
        return;
      case 'data':
        return;
    }
  }

  #size(byte: number): void {
    const digit = digitOf(byte);
    if (digit >= 0) {
      this.#digits += 1;
      if (this.#digits > maxSizeDigits) throw malformed(this.#side, 'A chunk size is too long.');
      this.#left = this.#left * 16 + digit;
    } else if (this.#digits > 0 && byte === 13) this.#state = 'size-lf';
    else if (this.#digits > 0 && byte === 59) this.#state = 'extension';
    else throw malformed(this.#side, 'A chunk size is malformed.');
  }

  /** Something that ends here; a bare LF or a NUL in it would be read differently elsewhere. */
  #skip(byte: number, max: number): void {
    this.#skipped += 1;
    const allowed = byte === 9 || byte === 13 || (byte >= 32 && byte !== 127);
    if (!allowed || this.#skipped > max)
      throw malformed(this.#side, 'A chunk extension or trailer is malformed.');
  }

  #need(byte: number, wanted: number): void {
    if (byte !== wanted) throw malformed(this.#side, 'A chunk does not end where its size says.');
  }
}
