import { forwardingErrors } from '../forwarding-errors.ts';
import { ChunkedScanner } from './chunked-scanner.ts';
import { MessageError } from './message-error.ts';

/** Bodies up to this size are kept until the response head, so that an idempotent request can be sent again. */
const maxKeptBytes = 65_536;

/** A body up to this size is joined with its head into one write. */
const joinBytes = 8192;

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
  /** Whether the client may go on sending: false until there is an upstream, and while it takes no more. */
  flowing = false;

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
   * Takes what belongs to the body, and returns where it stopped. Throws a MessageError on bad framing or a body that is
   * too large.
   */
  take(bytes: Buffer): number {
    this.flowing = this.#sink !== undefined;
    let next: number;
    if (this.#scanner) {
      next = this.#scanner.scan(bytes, 0, bytes.length, (from, to) => this.#add(bytes.subarray(from, to)));
      this.ended = this.#scanner.done;
    } else {
      next = Math.min(bytes.length, this.#left);
      this.#left -= next;
      if (next > 0) this.#add(next === bytes.length ? bytes : bytes.subarray(0, next));
      this.ended = this.#left === 0;
    }
    if (this.ended) this.#end();
    return next;
  }

  /** Sends the request to this upstream: its head, what is kept of the body, and from then on what comes. */
  sendTo(sink: BodySink, head: string): void {
    const kept = this.#kept ?? [];
    const [only] = kept;
    this.#sink = sink;
    this.flowing = true;
    if (only && kept.length === 1 && this.ended && !this.#scanner && only.length <= joinBytes) {
      // One small write is cheaper than two, or than a gathering one.
      this.flowing = sink.write(head + only.toString('latin1'));
    } else {
      this.flowing = sink.write(head);
      for (const piece of kept) this.#send(sink, piece);
      if (this.ended && this.#scanner) this.flowing = sink.write('0\r\n\r\n');
    }
    if (this.#bytes > maxKeptBytes) this.#kept = undefined;
    if (this.ended) sink.requestEnded();
  }

  /** The attempt is over. */
  detach(): void {
    this.#sink = undefined;
  }

  #add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes)
      throw new MessageError(forwardingErrors.PROXY_BODY_TOO_LARGE, 'The body is too large.');
    if (this.#sink && this.#bytes > maxKeptBytes) this.#kept = undefined;
    else this.#kept?.push(piece);
    if (this.#sink) this.#send(this.#sink, piece);
  }

  #send(sink: BodySink, piece: Buffer): void {
    if (!this.#scanner) {
      this.flowing = sink.write(piece);
      return;
    }
    sink.write(`${piece.length.toString(16)}\r\n`);
    const flowing = sink.write(piece);
    sink.write('\r\n');
    this.flowing = flowing;
  }

  #end(): void {
    if (!this.#sink) return;
    if (this.#scanner) this.#sink.write('0\r\n\r\n');
    this.#sink.requestEnded();
  }
}
