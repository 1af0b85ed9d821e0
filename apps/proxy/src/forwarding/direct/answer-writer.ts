import type { ResponseHead } from './response-head.ts';

/** Where an answer goes: the client's socket, through its connection. */
export type AnswerSink = {
  write(data: string | Buffer, onWritten?: () => void): void;
  /** More than one write follows: send them together. */
  cork(): void;
  uncork(): void;
};

export type AnswerFacts = {
  readonly requestId: string;
  /** Minor HTTP version of the client. */
  readonly minor: number;
  readonly isHead: boolean;
  /** Whether the client's connection may go on after this answer. */
  readonly keepAlive: boolean;
};

/** Pieces up to this size are joined with what waits into one string: cheaper than another write. */
const joinBytes = 4096;

/**
 * Writes one answer to a client, framed anew: by its length when there is one, in chunks of ours, or for HTTP/1.0 until
 * the connection closes. What belongs together goes out in one write.
 */
export class AnswerWriter {
  readonly #sink: AnswerSink;
  readonly #facts: AnswerFacts;
  #waiting = '';
  #chunked = false;
  /** The end of the answer is the end of the connection. */
  closes = false;
  /** Bytes of the body. */
  bodyBytes = 0;

  constructor(sink: AnswerSink, facts: AnswerFacts) {
    this.#sink = sink;
    this.#facts = facts;
  }

  /** Begins the answer. `isLast`: nothing more of this connection can be read as a request. */
  head(head: ResponseHead, hasBody: boolean, isLast: boolean): void {
    const { minor, isHead, keepAlive, requestId } = this.#facts;
    this.#chunked = hasBody && head.length === -1 && minor === 1;
    this.closes = isLast || !keepAlive || (hasBody && head.length === -1 && minor === 0);
    const statesLength = head.length >= 0 && head.status !== 204;
    const length = statesLength ? `Content-Length: ${head.length}\r\n` : '';
    const coding =
      this.#chunked || (isHead && head.chunked && minor === 1) ? 'Transfer-Encoding: chunked\r\n' : '';
    const id = head.hasRequestId ? '' : `X-Request-Id: ${requestId}\r\n`;
    const connection = this.closes
      ? 'Connection: close\r\n'
      : minor === 0
        ? 'Connection: keep-alive\r\n'
        : '';
    this.#waiting = `HTTP/1.1 ${head.statusText}\r\n${head.lines}${length}${coding}${id}${connection}\r\n`;
  }

  /** A piece of the body; `lend` is asked for when the bytes go on by reference. */
  data(bytes: Buffer, from: number, to: number, lend: () => () => void): void {
    const length = to - from;
    this.bodyBytes += length;
    if (this.#chunked) this.#waiting += `${length.toString(16)}\r\n`;
    if (length <= joinBytes) {
      this.#waiting += bytes.toString('latin1', from, to);
      if (this.#chunked) this.#waiting += '\r\n';
      return;
    }
    this.#sink.cork();
    if (this.#waiting !== '') this.#sink.write(this.#waiting);
    this.#waiting = this.#chunked ? '\r\n' : '';
    this.#sink.write(bytes.subarray(from, to), lend());
    this.#sink.uncork();
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
