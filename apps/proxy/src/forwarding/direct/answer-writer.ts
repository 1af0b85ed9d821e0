import type { ResponseHead } from './response-head.ts';

/** Where an answer goes: the client's socket, through its connection. */
export type AnswerSink = {
  write(data: string | Buffer): void;
  /** Both in one system call; told when the bytes are no longer needed. */
  writeBoth(text: string, bytes: Buffer, onWritten: () => void): void;
};

/** Whose bytes an answer is made of; `lend` gives what to call when they have been written. */
export type Lender = { lend(): () => void };

/** What an answer depends on besides its head. */
export type AnswerFacts = {
  readonly requestId: string;
  /** Of the request that is answered. */
  readonly method: string;
  /** Minor HTTP version of the client. */
  readonly minor: number;
  /** Whether the client's connection may go on after this answer. */
  readonly keepAlive: boolean;
  readonly hasBody: boolean;
};

/** Pieces up to this size are joined with what waits into one string: cheaper than another write. */
const joinBytes = 8192;

/**
 * Writes the answers of one connection, one after the other, each framed anew: by its length when there is one, in chunks of
 * ours, or for HTTP/1.0 until the connection closes. What belongs together goes out in one write.
 */
export class AnswerWriter {
  readonly #sink: AnswerSink;
  readonly #dateLine: () => string;
  #waiting = '';
  #chunked = false;
  /** The end of the answer is the end of the connection. */
  closes = false;
  /** Bytes of the body. */
  bodyBytes = 0;

  constructor(sink: AnswerSink, dateLine: () => string) {
    this.#sink = sink;
    this.#dateLine = dateLine;
  }

  head(head: ResponseHead, facts: AnswerFacts): void {
    const { requestId, method, minor, keepAlive, hasBody } = facts;
    const isUnbounded = hasBody && head.length === -1;
    this.#chunked = isUnbounded && minor === 1;
    this.closes = !keepAlive || (isUnbounded && minor === 0);
    let { text } = head;
    if (this.#chunked || (method === 'HEAD' && head.chunked && minor === 1))
      text += 'Transfer-Encoding: chunked\r\n';
    // RFC 9110 6.6.1: whoever forwards an answer without a date gives it one.
    if (!head.hasDate) text += this.#dateLine();
    if (!head.hasRequestId) text += `X-Request-Id: ${requestId}\r\n`;
    if (this.closes) text += 'Connection: close\r\n';
    else if (minor === 0) text += 'Connection: keep-alive\r\n';
    this.#waiting = `${text}\r\n`;
  }

  /** A piece of the body, which is borrowed when it goes on by reference. */
  data(bytes: Buffer, from: number, to: number, lender: Lender): void {
    const length = to - from;
    this.bodyBytes += length;
    if (this.#chunked) this.#waiting += `${length.toString(16)}\r\n`;
    if (length <= joinBytes) {
      this.#waiting += bytes.toString('latin1', from, to);
      if (this.#chunked) this.#waiting += '\r\n';
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = this.#chunked ? '\r\n' : '';
    this.#sink.writeBoth(waiting, bytes.subarray(from, to), lender.lend());
  }

  end(): void {
    if (this.#chunked) this.#waiting += '0\r\n\r\n';
    this.flush();
  }

  flush(): void {
    if (this.#waiting === '') return;
    const waiting = this.#waiting;
    this.#waiting = '';
    this.#sink.write(waiting);
  }
}
