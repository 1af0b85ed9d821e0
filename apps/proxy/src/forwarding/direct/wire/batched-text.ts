const maxLength = 65_536;

/** What text is written to: a socket. */
export type TextSink = {
  readonly writable: boolean;
  write(text: string, encoding: 'latin1'): unknown;
};

/**
 * Delays small writes until everything that can be read in this turn of the event loop has been read, and then sends
 * them together. The receiving process is woken once for many messages; waking a process on another core costs more
 * than the write itself. A turn with a single event ends at once, so a lone message is not delayed.
 */
export class WriteBatch {
  #texts: BatchedText[] = [];

  /** Sends this text at the end of the turn. */
  add(text: BatchedText): void {
    this.#texts.push(text);
    if (this.#texts.length === 1) setImmediate(this.#send);
  }

  readonly #send = (): void => {
    const texts = this.#texts;
    this.#texts = [];
    for (const text of texts) text.flush();
  };
}

/** The latin1 text that one socket is sent at the end of this turn of the event loop, as one string. */
export class BatchedText {
  readonly #sink: TextSink;
  readonly #batch: WriteBatch;
  #text = '';

  constructor(sink: TextSink, batch: WriteBatch) {
    this.#sink = sink;
    this.#batch = batch;
  }

  get isEmpty(): boolean {
    return this.#text === '';
  }

  /** Appends text; sends it at once when more than 64 KiB wait. */
  add(text: string): void {
    if (this.#text === '') this.#batch.add(this);
    this.#text += text;
    if (this.#text.length > maxLength) this.flush();
  }

  /** Removes and returns the text, for a caller that sends it together with something else. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** Sends the text now, for a caller that is about to write something that must come after it. */
  flush(): void {
    if (this.#text !== '' && this.#sink.writable) this.#sink.write(this.take(), 'latin1');
  }
}
