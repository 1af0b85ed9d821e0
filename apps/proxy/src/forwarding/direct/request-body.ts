import { ChunkedScanner } from './chunked-scanner.ts';
import { MessageError } from './message-error.ts';

/** Bodies up to this size are kept until the response head, so that an idempotent request can be sent again. */
const maxKeptBytes = 65_536;

/** Where a body goes: an upstream connection. Returns false when it takes no more for now. */
export type BodySink = { write(data: string | Buffer): boolean; requestEnded(): void };

/**
 * The body of one request on its way to one upstream after the other. It is framed anew: by its length, or in chunks of
 * ours. What has come before an upstream is connected waits here, while the client is not read.
 */
export class RequestBody {
  readonly #scanner: ChunkedScanner | undefined;
  readonly #maxBytes: number;
  #left: number;
  #bytes = 0;
  #kept: Buffer[] | undefined = [];
  #sink: BodySink | undefined;
  ended: boolean;

  /** `length` is 0 for no body and -1 for a chunked one. */
  constructor(length: number, maxBytes: number) {
    this.#left = length;
    this.#maxBytes = maxBytes;
    this.#scanner = length === -1 ? new ChunkedScanner('request') : undefined;
    this.ended = length === 0;
  }

  /** Whether it can still be sent from its beginning. */
  get replayable(): boolean {
    return this.#kept !== undefined;
  }

  /**
   * Takes what belongs to the body from `start` on. Returns where the body stopped, and whether the client may go on
   * sending. Throws a MessageError on bad framing or a body that is too large.
   */
  take(bytes: Buffer, start: number): { readonly next: number; readonly flowing: boolean } {
    let flowing = this.#sink !== undefined;
    const add = (from: number, to: number): void => {
      if (to > from && !this.#add(bytes.subarray(from, to))) flowing = false;
    };
    let next: number;
    if (this.#scanner) {
      next = this.#scanner.scan(bytes, start, bytes.length, add);
      this.ended = this.#scanner.done;
    } else {
      next = Math.min(bytes.length, start + this.#left);
      this.#left -= next - start;
      add(start, next);
      this.ended = this.#left === 0;
    }
    if (this.ended) this.#end();
    return { next, flowing };
  }

  /** Sends the request to this upstream: its head, what is kept of the body, and from then on what comes. */
  sendTo(sink: BodySink, head: string): boolean {
    const kept = this.#kept ?? [];
    this.#sink = sink;
    const [only] = kept;
    let flowing: boolean;
    if (!only) flowing = sink.write(this.ended && this.#scanner ? `${head}0\r\n\r\n` : head);
    else if (kept.length === 1 && this.ended && !this.#scanner && only.length <= 8192) {
      // One small write is cheaper than two, or than a gathering one.
      flowing = sink.write(head + only.toString('latin1'));
    } else {
      sink.write(head);
      flowing = true;
      for (const piece of kept) flowing = this.#send(sink, piece);
      if (this.ended && this.#scanner) flowing = sink.write('0\r\n\r\n');
    }
    if (this.#bytes > maxKeptBytes) this.#kept = undefined;
    if (this.ended) sink.requestEnded();
    return flowing;
  }

  /** The attempt is over. */
  detach(): void {
    this.#sink = undefined;
  }

  #add(piece: Buffer): boolean {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes)
      throw new MessageError('PROXY_BODY_TOO_LARGE', 'The body is too large.');
    if (this.#sink && this.#bytes > maxKeptBytes) this.#kept = undefined;
    else this.#kept?.push(piece);
    return this.#sink ? this.#send(this.#sink, piece) : false;
  }

  #send(sink: BodySink, piece: Buffer): boolean {
    if (!this.#scanner) return sink.write(piece);
    sink.write(`${piece.length.toString(16)}\r\n`);
    sink.write(piece);
    return sink.write('\r\n');
  }

  #end(): void {
    if (!this.#sink) return;
    if (this.#scanner) this.#sink.write('0\r\n\r\n');
    this.#sink.requestEnded();
  }
}
