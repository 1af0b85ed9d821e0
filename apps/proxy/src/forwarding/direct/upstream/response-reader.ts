import { ChunkedScanner } from '@tripod/http-wire/chunked-scanner';
import { malformed } from '@tripod/http-wire/message-error';
import type { AttemptFailure } from '../../retry.ts';
import type { HeadCache } from '../wire/head-cache.ts';
import { ResponseHeadReader } from '../wire/head-reader.ts';
import type { RequestHead } from '../wire/request-head.ts';
import type { ResponseHead } from '../wire/response-head.ts';
import { type ReadExpectation, smallBytes } from './read-buffers.ts';

/** The exchange that uses a connection. The usual order of calls: onConnected, onHead, onBody…, onResponseEnd. */
export type ResponseReceiver = {
  onConnected(): void;
  /** An interim response other than 100 (RFC 9110 15.2) has come. */
  onInterimHead(head: ResponseHead): void;
  /** The head of the final response has come. `hasBody` false: `onResponseEnd` follows. */
  onHead(head: ResponseHead, hasBody: boolean): void;
  /** Bytes of the body without their framing, valid until this call returns unless `lend` was called. Once per read. */
  onBody(bytes: Buffer, from: number, to: number): void;
  /** All bytes of one read have been passed on. Returns false to receive no more until `resume`. */
  onReadEnd(): boolean;
  /** The response has ended by its own framing. */
  onResponseEnd(): void;
  /** From here on the upstream speaks another protocol; `rest` belongs to it. */
  onUpgrade(head: ResponseHead, rest: Buffer): void;
  /** The upstream has ended its side of the tunnel. */
  onTunnelEnd(): void;
  /** The attempt failed before the head of a response came. */
  onFailure(failure: AttemptFailure): void;
  /** The connection broke off after the head of the response, or the tunnel has closed. */
  onBrokenOff(): void;
  /** The upstream takes bytes again, after `write` returned false. */
  onUpstreamDrained(): void;
};

/** What is read next: nothing, the head of a response, a part of its body by its framing, or another protocol. */
type Part = 'none' | 'head' | 'length' | 'chunked' | 'until-close' | 'tunnel';

/** Reads the responses of one upstream connection, one after the other. */
export class ResponseReader {
  readonly #headReader: ResponseHeadReader;
  #part: Part = 'none';
  #request: RequestHead | undefined;
  /** The beginning of a head that is incomplete. */
  #partialHead: Buffer | undefined;
  /** Bytes of a body of known length that are still to come. */
  #left = 0;
  #scanner: ChunkedScanner | undefined;
  #wasLarge = false;
  /** The upstream has announced that it closes the connection after this response. */
  closes = false;
  /** How long the upstream keeps the connection when it is idle, as it announced last; Infinity: it did not. */
  keepAliveMs = Number.POSITIVE_INFINITY;

  constructor(heads: HeadCache<ResponseHead>) {
    this.#headReader = new ResponseHeadReader(heads);
  }

  get part(): Part {
    return this.#part;
  }

  /** What the next read brings, as far as the framing and the last response tell. */
  expectedRead(): ReadExpectation {
    switch (this.#part) {
      case 'none':
      case 'head':
        return this.#wasLarge ? 'maybe-large' : 'small';
      case 'length':
        return this.#left > smallBytes ? 'large' : 'small';
      case 'chunked':
      case 'until-close':
      case 'tunnel':
        return 'large';
    }
  }

  /** Expects the response to this request. */
  begin(request: RequestHead): void {
    this.#part = 'head';
    this.#request = request;
    this.closes = false;
  }

  /**
   * Reads the first `length` bytes and calls the receiver. Returns how many of them follow the end of the response; the
   * part is then `none`. Throws a MessageError if the response is malformed.
   */
  read(buffer: Buffer, length: number, receiver: ResponseReceiver): number {
    let bytes = buffer;
    let end = length;
    if (this.#partialHead) {
      bytes = Buffer.concat([this.#partialHead, buffer.subarray(0, length)]);
      end = bytes.length;
      this.#partialHead = undefined;
    }
    let index = 0;
    while (index < end && this.#part !== 'none') index = this.#readPart(bytes, index, end, receiver);
    return end - index;
  }

  /** The upstream has ended its side; true if that is the regular end of the response. */
  end(): boolean {
    if (this.#part !== 'until-close') return false;
    this.closes = true;
    this.#part = 'none';
    return true;
  }

  #readPart(bytes: Buffer, index: number, end: number, receiver: ResponseReceiver): number {
    switch (this.#part) {
      case 'head':
        return this.#readHead(bytes, index, end, receiver);
      case 'length': {
        const to = Math.min(end, index + this.#left);
        this.#left -= to - index;
        if (this.#left === 0) this.#part = 'none';
        receiver.onBody(bytes, index, to);
        return to;
      }
      case 'chunked':
        return this.#readChunks(bytes, index, end, receiver);
      case 'until-close':
      case 'tunnel':
        receiver.onBody(bytes, index, end);
        return end;
      case 'none':
        throw new Error('ResponseReader: no response is expected');
    }
  }

  #readHead(bytes: Buffer, start: number, end: number, receiver: ResponseReceiver): number {
    const head = this.#headReader.read(bytes, start, end);
    if (!head) {
      // The next read overwrites the buffer.
      this.#partialHead = Buffer.from(bytes.subarray(start, end));
      return end;
    }
    const { next } = this.#headReader;
    if (head.status === 101) {
      if (this.#request?.upgrade === undefined || head.upgrade === undefined)
        throw malformed('response', 'The status is 101, but the request asked for no upgrade.');
      this.#part = 'tunnel';
      receiver.onUpgrade(head, bytes.subarray(next, end));
      return end;
    }
    if (head.status >= 200) this.#beginBody(head, receiver);
    else if (head.status !== 100) receiver.onInterimHead(head);
    return next;
  }

  /** Determines how the response ends (RFC 9112 6.3). */
  #beginBody(head: ResponseHead, receiver: ResponseReceiver): void {
    this.closes = head.closes;
    this.keepAliveMs = head.keepAliveMs;
    const isBodiless = this.#request?.method === 'HEAD' || head.status === 204 || head.status === 304;
    const hasBody = !isBodiless && head.length !== 0;
    if (hasBody) {
      this.#left = head.length;
      this.#wasLarge = head.length > smallBytes;
      this.#scanner = head.chunked ? new ChunkedScanner('response') : undefined;
      this.#part = head.chunked ? 'chunked' : head.length === -1 ? 'until-close' : 'length';
    } else this.#part = 'none';
    receiver.onHead(head, hasBody);
  }

  #readChunks(bytes: Buffer, start: number, end: number, receiver: ResponseReceiver): number {
    const scanner = this.#scanner;
    if (!scanner) throw new Error('ResponseReader: a chunked response has no scanner');
    try {
      return scanner.scan(bytes, start, end);
    } finally {
      if (scanner.done) {
        this.#part = 'none';
        this.#scanner = undefined;
      }
      // Data in front of malformed framing is passed on, as if it had come in a read of its own.
      if (scanner.dataEnd > scanner.dataStart) receiver.onBody(bytes, scanner.dataStart, scanner.dataEnd);
    }
  }
}
