import { findHeadEnd } from './head-bytes.ts';
import type { HeadMemo } from './head-memo.ts';
import type { ResponseHead } from './response-head.ts';

/** Reads the response heads of one upstream connection. */
export class ResponseReader {
  readonly #heads: HeadMemo<ResponseHead>;
  #lastLength = 0;
  /** Behind the head that was read last. */
  next = 0;

  constructor(heads: HeadMemo<ResponseHead>) {
    this.#heads = heads;
  }

  /** The head that begins at `start`; undefined when it does not end before `end`. Throws a MessageError. */
  read(bytes: Buffer, start: number, end: number): ResponseHead | undefined {
    const known = this.#readSame(bytes, start, end);
    if (known) return known;
    this.next = findHeadEnd(bytes, start, end, 'response');
    if (this.next === -1) return undefined;
    this.#lastLength = this.next - start;
    return this.#heads.read(bytes.toString('latin1', start, this.next));
  }

  /**
   * An upstream mostly answers with a head as long as its last one. What is remembered is whole heads and nothing else, so
   * that a text of that length which is known needs no search for its end.
   */
  #readSame(bytes: Buffer, start: number, end: number): ResponseHead | undefined {
    const next = start + this.#lastLength;
    if (this.#lastLength === 0 || next > end || bytes[next - 1] !== 10 || bytes[next - 3] !== 10)
      return undefined;
    const known = this.#heads.find(bytes.toString('latin1', start, next));
    if (known) this.next = next;
    return known;
  }
}
