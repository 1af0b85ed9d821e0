import type { ResponseHead } from '../wire/response-head.ts';

/** What a response is written to: the client's socket. */
export type ResponseSink = {
  write(data: string | Buffer): void;
  /** Writes both in one system call; calls `onWritten` when the bytes are no longer referred to. */
  writeBoth(text: string, bytes: Buffer, onWritten: () => void): void;
};

/** The owner of the bytes of a body; `lend` returns a function to call when they have been written. */
export type BytesLender = { lend(): () => void };

/** What a response to the client depends on besides the upstream's head. */
export type ResponseFacts = {
  readonly requestId: string;
  /** The method of the request. */
  readonly method: string;
  /** The client's minor version of HTTP/1. */
  readonly minor: number;
  /** Whether the client's connection may serve another request after this response. */
  readonly keepAlive: boolean;
  readonly hasBody: boolean;
};

/** Up to this size, a piece is joined with the text before it: cheaper than a second write. */
const maxJoinedBytes = 8192;

/**
 * Writes the responses of one client connection, one after the other. Each is framed anew: by its length if it has one,
 * otherwise in chunks, or for HTTP/1.0 by the end of the connection. Head and first bytes go out in one write.
 */
export class ResponseWriter {
  readonly #sink: ResponseSink;
  readonly #dateLine: () => string;
  readonly #ownLines: string;
  #text = '';
  #chunked = false;
  /** The connection must be closed after this response. */
  closes = false;
  /** Bytes of the body so far. */
  bodyBytes = 0;

  constructor(sink: ResponseSink, dateLine: () => string, ownLines: string) {
    this.#sink = sink;
    this.#dateLine = dateLine;
    this.#ownLines = ownLines;
  }

  head(head: ResponseHead, facts: ResponseFacts): void {
    const { requestId, method, minor, keepAlive, hasBody } = facts;
    const isUnbounded = hasBody && head.length === -1;
    this.#chunked = isUnbounded && minor === 1;
    this.closes = !keepAlive || (isUnbounded && minor === 0);
    // Behind the Via lines of the upstream: RFC 9110 7.6.3 wants them in the order of the hops.
    let text = head.text + this.#ownLines;
    if (this.#chunked || (method === 'HEAD' && head.chunked && minor === 1))
      text += 'Transfer-Encoding: chunked\r\n';
    // RFC 9110 6.6.1: a recipient that forwards a response without a Date adds one.
    if (!head.hasDate) text += this.#dateLine();
    if (!head.hasRequestId) text += `X-Request-Id: ${requestId}\r\n`;
    if (this.closes) text += 'Connection: close\r\n';
    else if (minor === 0) text += 'Connection: keep-alive\r\n';
    this.#text = `${text}\r\n`;
  }

  /**
   * Writes a piece of the body; a large one is borrowed until its write has ended. At most one per read of the
   * upstream.
   */
  data(bytes: Buffer, from: number, to: number, lender: BytesLender): void {
    const length = to - from;
    this.bodyBytes += length;
    if (this.#chunked) this.#text += `${length.toString(16)}\r\n`;
    if (length <= maxJoinedBytes) {
      this.#text += bytes.toString('latin1', from, to);
      if (this.#chunked) this.#text += '\r\n';
      return;
    }
    const text = this.#text;
    this.#text = this.#chunked ? '\r\n' : '';
    this.#sink.writeBoth(text, bytes.subarray(from, to), lender.lend());
  }

  end(): void {
    if (this.#chunked) this.#text += '0\r\n\r\n';
    this.flush();
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#sink.write(text);
  }
}
