import { ChunkedScanner } from '@tripod/http-wire/chunked-scanner';
import { MessageError } from '@tripod/http-wire/message-error';
import { ByteQueue } from '../../byte-queue.ts';
import { forwardingErrors } from '../../forwarding-errors.ts';

/** Bodies up to this size are kept until the response head, so that an idempotent request can be sent again. */
const maxKeptBytes = 65_536;

/** Up to this size, a piece is joined with what is written before it into one text: cheaper than a second write. */
const maxJoinedBytes = 8192;

const lastChunk = '0\r\n\r\n';

/** What a body is written to: an upstream connection. `write` returns false when the upstream takes no more for now. */
export type BodySink = { write(data: string | Buffer): boolean; requestWritten(): void };

/**
 * The body of one request, sent to one upstream after the other. It is framed anew: by its length, or in chunks that
 * hold what one read brought. Bytes that arrive before an upstream is connected are kept here; the client is not read
 * meanwhile.
 */
export class RequestBody {
  readonly #scanner: ChunkedScanner | undefined;
  readonly #maxBytes: number;
  #left: number;
  #receivedBytes = 0;
  #kept: ByteQueue | undefined = new ByteQueue();
  #sink: BodySink | undefined;
  /** All of the body has been received. */
  isComplete: boolean;
  /** Whether the client may send more: false until there is an upstream, and while that takes no more. */
  wantsMore = false;

  /** `length` is 0 without a body and -1 for a chunked one. */
  constructor(length: number, maxBytes: number) {
    this.#left = length;
    this.#maxBytes = maxBytes;
    this.#scanner = length === -1 ? new ChunkedScanner('request') : undefined;
    this.isComplete = length === 0;
  }

  /** Whether the body can still be sent from its beginning. */
  get isReplayable(): boolean {
    return this.#kept !== undefined;
  }

  /**
   * Takes the bytes that belong to the body and returns the index after them. Throws a MessageError for malformed
   * framing or a body that is too large.
   */
  take(bytes: Buffer): number {
    this.wantsMore = this.#sink !== undefined;
    const next = this.#scanner ? this.#takeChunks(this.#scanner, bytes) : this.#takeLength(bytes);
    if (this.isComplete && this.#sink) {
      if (this.#scanner) this.#sink.write(lastChunk);
      this.#sink.requestWritten();
    }
    return next;
  }

  /** Sends the request to this upstream: the head, what is kept of the body, and from then on what arrives. */
  sendTo(sink: BodySink, head: string): void {
    const kept = this.#kept?.peekAll();
    if (kept === undefined) throw new Error('RequestBody: a body that is not kept cannot be sent again');
    this.#sink = sink;
    if (kept.length <= maxJoinedBytes) {
      const end = this.isComplete && this.#scanner ? lastChunk : '';
      this.wantsMore = sink.write(head + this.#textOf(kept) + end);
    } else {
      sink.write(head);
      this.#send(sink, kept);
      if (this.isComplete && this.#scanner) sink.write(lastChunk);
    }
    if (this.#receivedBytes > maxKeptBytes) this.#kept = undefined;
    if (this.isComplete) sink.requestWritten();
  }

  /** Keeps further bytes back: the attempt is over. */
  detach(): void {
    this.#sink = undefined;
  }

  #takeLength(bytes: Buffer): number {
    const next = Math.min(bytes.length, this.#left);
    this.#left -= next;
    this.isComplete = this.#left === 0;
    if (next > 0) this.#add(next === bytes.length ? bytes : bytes.subarray(0, next));
    return next;
  }

  #takeChunks(scanner: ChunkedScanner, bytes: Buffer): number {
    try {
      return scanner.scan(bytes, 0, bytes.length);
    } finally {
      this.isComplete = scanner.done;
      if (scanner.dataEnd > scanner.dataStart) this.#add(bytes.subarray(scanner.dataStart, scanner.dataEnd));
    }
  }

  #add(piece: Buffer): void {
    this.#receivedBytes += piece.length;
    if (this.#receivedBytes > this.#maxBytes) {
      throw new MessageError(
        forwardingErrors.PROXY_BODY_TOO_LARGE,
        `The body has more than ${this.#maxBytes} bytes.`,
      );
    }
    if (this.#sink && this.#receivedBytes > maxKeptBytes) this.#kept = undefined;
    else this.#kept?.add(piece);
    if (this.#sink) this.#send(this.#sink, piece);
  }

  #send(sink: BodySink, piece: Buffer): void {
    if (!this.#scanner) {
      this.wantsMore = sink.write(piece);
    } else if (piece.length <= maxJoinedBytes) {
      this.wantsMore = sink.write(this.#textOf(piece));
    } else {
      sink.write(`${piece.length.toString(16)}\r\n`);
      const wantsMore = sink.write(piece);
      sink.write('\r\n');
      this.wantsMore = wantsMore;
    }
  }

  #textOf(piece: Buffer): string {
    const text = piece.toString('latin1');
    return this.#scanner && text !== '' ? `${text.length.toString(16)}\r\n${text}\r\n` : text;
  }
}
