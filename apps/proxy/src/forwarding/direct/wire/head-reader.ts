import { MessageError, type MessageSide, malformed } from '@tripod/http-wire/message-error';
import { httpErrors } from '@tripod/shared/http/http-errors';
import type { ByteQueue } from '../../byte-queue.ts';
import { forwardingErrors } from '../../forwarding-errors.ts';
import type { HeadCache } from './head-cache.ts';
import { maxTargetLength } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

const maxHeadBytes = 16_384;
const headEnd = Buffer.from('\r\n\r\n');
const bareHeadEnd = Buffer.from('\n\n');
/** Bytes of a request line besides its target: the longest method, two blanks and the version. */
const maxLineRest = 64;

const tooLarge = (bytes: Buffer, start: number, side: MessageSide): MessageError => {
  if (side === 'response') return malformed(side, `The head has more than ${maxHeadBytes} bytes.`);
  const lineEnd = bytes.indexOf('\r\n', start, 'latin1');
  const isLine = lineEnd === -1 || lineEnd - start > maxTargetLength + maxLineRest;
  return isLine
    ? new MessageError(
        forwardingErrors.PROXY_URL_TOO_LONG,
        `The URL has more than ${maxTargetLength} characters.`,
      )
    : new MessageError(httpErrors.REQUEST_HEAD_TOO_LARGE, `The head has more than ${maxHeadBytes} bytes.`);
};

/**
 * Finds the end of the head that begins at `start`: the index after its empty line, or -1 while the empty line has not
 * come before `end`. Throws a MessageError if the bytes cannot become a valid head any more.
 */
export const findHeadEnd = (bytes: Buffer, start: number, end: number, side: MessageSide): number => {
  const found = bytes.indexOf(headEnd, start);
  const next = found + headEnd.length;
  if (found !== -1 && next <= end && next - start <= maxHeadBytes) return next;
  if (end - start > maxHeadBytes) throw tooLarge(bytes, start, side);
  // A sender that ends its lines with a bare LF has sent a complete head and would wait for a response until a
  // time-out.
  const bare = bytes.indexOf(bareHeadEnd, start);
  if (bare !== -1 && bare < end - 1)
    throw malformed(side, 'The head contains a control character or a bare line end.');
  return -1;
};

/**
 * Removes the next request head from a client's input and returns its text; undefined while it is incomplete. Empty
 * lines in front of it are dropped (RFC 9112 2.2). Throws a MessageError if the bytes cannot become a valid head any
 * more.
 */
export const takeRequestHead = (input: ByteQueue): string | undefined => {
  const { bytes } = input;
  let { start } = input;
  while (input.end - start >= 2 && bytes[start] === 13 && bytes[start + 1] === 10) start += 2;
  input.skip(start - input.start);
  if (input.length === 0) return undefined;
  const end = findHeadEnd(bytes, start, input.end, 'request');
  if (end === -1) return undefined;
  input.skip(end - start);
  return bytes.toString('latin1', start, end);
};

/** Reads the response heads of one upstream connection. */
export class ResponseHeadReader {
  readonly #heads: HeadCache<ResponseHead>;
  #lastLength = 0;
  /** The index after the head that was read last. */
  next = 0;

  constructor(heads: HeadCache<ResponseHead>) {
    this.#heads = heads;
  }

  /** Reads the head that begins at `start`; undefined when it is not complete before `end`. Throws a MessageError. */
  read(bytes: Buffer, start: number, end: number): ResponseHead | undefined {
    const known = this.#readSameLength(bytes, start, end);
    if (known) return known;
    this.next = findHeadEnd(bytes, start, end, 'response');
    if (this.next === -1) return undefined;
    this.#lastLength = this.next - start;
    return this.#heads.read(bytes.toString('latin1', start, this.next));
  }

  /**
   * Successive heads of an upstream usually have the same length. The cache holds only whole heads, so a text of that
   * length that is found there is a whole head, and the search for its end can be skipped.
   */
  #readSameLength(bytes: Buffer, start: number, end: number): ResponseHead | undefined {
    const next = start + this.#lastLength;
    if (this.#lastLength === 0 || next > end || bytes[next - 1] !== 10 || bytes[next - 3] !== 10)
      return undefined;
    const known = this.#heads.find(bytes.toString('latin1', start, next));
    if (known) this.next = next;
    return known;
  }
}
