const largeBytes = 262_144;
const maxSpare = 64;
/** So many large buffers may be in use before connections that wait for a response have to do with a small one. */
const maxWaiting = 64;

/** Reads of heads and small bodies go in here: one for each upstream connection. */
export const smallBytes = 16_384;

/**
 * Large read buffers, used again and again: a big body then costs few system calls and no garbage. Who lends one to a
 * write gives it back in that write's callback, not before.
 */
export class ReadBuffers {
  readonly #spare: Buffer<ArrayBuffer>[] = [];
  #used = 0;

  /** Whether one may lie at a connection that only might need it. */
  get isPlenty(): boolean {
    return this.#used < maxWaiting;
  }

  take(): Buffer<ArrayBuffer> {
    this.#used += 1;
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes);
  }

  give(buffer: Buffer<ArrayBuffer>): void {
    this.#used -= 1;
    if (this.#spare.length < maxSpare) this.#spare.push(buffer);
  }
}

/** What is known of the next read: a big body goes on, one is likely as the last response had one, or neither. */
export type ReadExpectation = 'large' | 'maybe-large' | 'small';

/**
 * The buffer that one connection reads into next. Small while nothing large is expected, large in the middle of a big
 * body, and another one while the last is lent to a write.
 */
export class ReadBuffer {
  readonly #shared: ReadBuffers;
  #small: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(smallBytes);
  #current: Buffer<ArrayBuffer> = this.#small;
  #lent = false;

  constructor(shared: ReadBuffers) {
    this.#shared = shared;
  }

  /** The buffer for the next read. */
  next(expected: ReadExpectation): Buffer<ArrayBuffer> {
    const wasLarge = this.#current.length === largeBytes;
    const wantsLarge = expected === 'large' || (expected === 'maybe-large' && this.#shared.isPlenty);
    if (this.#lent) {
      this.#lent = false;
      if (!wasLarge) this.#small = Buffer.allocUnsafeSlow(smallBytes);
    } else if (wasLarge && wantsLarge) return this.#current;
    else if (wasLarge) this.#shared.give(this.#current);
    this.#current = wantsLarge ? this.#shared.take() : this.#small;
    return this.#current;
  }

  /** The bytes just read are being written by reference: returns what to call when that write has ended. */
  lend(): () => void {
    const lent = this.#current;
    this.#lent = true;
    return () => {
      if (lent.length === largeBytes) this.#shared.give(lent);
    };
  }

  /** Nothing is read any more. */
  release(): void {
    if (this.#current.length === largeBytes && !this.#lent) this.#shared.give(this.#current);
    this.#current = this.#small;
  }
}
