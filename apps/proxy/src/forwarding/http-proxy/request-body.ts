import type { ClientRequest, IncomingMessage } from 'node:http';
import { ByteQueue } from '../byte-queue.ts';

/** Bodies up to this size are kept until the response head, so that an idempotent request can be retried. */
const maxKeptBytes = 65_536;
/** Larger pieces are sent at once. */
const maxGatheredBytes = 4096;

export type RequestBodyOptions = {
  readonly isEmpty: boolean;
  readonly maxBytes: number;
  /** Called once, before the first byte of the body is read. */
  readonly onWanted: () => void;
  /** A piece arrived (`reading`), the body ended (`ended`), or the upstream applies back-pressure (`blocked`). */
  readonly onProgress: (state: 'reading' | 'blocked' | 'ended') => void;
  readonly onTooLarge: () => void;
};

/**
 * The body of a client's request, which is sent to one upstream after the other. Nothing is read from the client before
 * an upstream is connected, so that the body is intact after a refused connect.
 */
export class RequestBody {
  readonly #source: IncomingMessage;
  readonly #options: RequestBodyOptions;
  #kept: ByteQueue | undefined = new ByteQueue();
  #bytes = 0;
  /** Small pieces that have been read and not been sent yet. */
  readonly #gathered = new ByteQueue();
  #ended: boolean;
  #wanted = false;
  #sink: ClientRequest | undefined;

  constructor(source: IncomingMessage, options: RequestBodyOptions) {
    this.#source = source;
    this.#options = options;
    this.#ended = options.isEmpty;
    if (options.isEmpty) return;
    source.pause();
    source.on('data', this.#read);
    source.on('end', this.#finish);
  }

  /** Whether the body was read completely. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the body can still be sent from its beginning. */
  get replayable(): boolean {
    return this.#kept !== undefined;
  }

  /** Sends the body to this request, which is connected: the kept part first, then the rest as it arrives. */
  sendTo(sink: ClientRequest): void {
    this.#sink = sink;
    const kept = this.#kept?.peekAll();
    if (kept && kept.length > 0) sink.write(kept);
    if (this.#ended) {
      sink.end();
      return;
    }
    sink.on('drain', () => {
      if (this.#sink !== sink || this.#ended) return;
      this.#source.resume();
      this.#options.onProgress('reading');
    });
    if (!this.#wanted) this.#options.onWanted();
    this.#wanted = true;
    this.#source.resume();
  }

  /** Stops reading the body for good. The caller must discard the rest. */
  close(): void {
    this.detach();
    this.#gathered.clear();
    this.#source.removeListener('data', this.#read);
    this.#source.removeListener('end', this.#finish);
  }

  /** Detaches from the current attempt, and pauses until the next one. */
  detach(): void {
    this.#sink = undefined;
    if (!this.#ended) this.#source.pause();
  }

  readonly #read = (piece: Buffer): void => {
    this.#bytes += piece.length;
    if (this.#bytes > this.#options.maxBytes) {
      this.#source.pause();
      this.#options.onTooLarge();
      return;
    }
    const wasEmpty = this.#gathered.length === 0;
    this.#gathered.add(piece);
    // node:http emits each chunk on its own: small ones are gathered until the end of the turn of the event loop.
    if (piece.length > maxGatheredBytes) this.#flush();
    else if (wasEmpty) setImmediate(this.#flush);
  };

  readonly #flush = (): void => {
    const piece = this.#gathered.takeAll();
    if (!piece) return;
    this.#keep(piece);
    const flowing = this.#sink?.write(piece) ?? false;
    if (!flowing) this.#source.pause();
    this.#options.onProgress(flowing ? 'reading' : 'blocked');
  };

  #keep(piece: Buffer): void {
    if (this.#bytes > maxKeptBytes) this.#kept = undefined;
    this.#kept?.add(piece);
  }

  readonly #finish = (): void => {
    this.#flush();
    this.#ended = true;
    this.#sink?.end();
    this.#options.onProgress('ended');
  };
}
