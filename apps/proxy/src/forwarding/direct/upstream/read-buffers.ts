const largeBytes = 262_144;
const maxSpare = 64;
/** When this many large buffers are in use, connections that wait for a response get small ones. */
const maxWaiting = 64;

/** The size of the buffer that each upstream connection has for heads and small bodies. */
export const smallBytes = 16_384;

/**
 * Large read buffers, shared by all upstream connections and used again and again: a large body then costs few system calls
 * and no garbage. A buffer that a write refers to is released in the callback of that write, not before.
 */
export class ReadBuffers {
  readonly #spare: Buffer<ArrayBuffer>[] = [];
  #used = 0;

  /** Whether a connection that only may need a large buffer gets one. */
  get hasPlenty(): boolean {
    return this.#used < maxWaiting;
  }

  acquire(): Buffer<ArrayBuffer> {
    this.#used += 1;
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(largeBytes);
  }

  release(buffer: Buffer<ArrayBuffer>): void {
    this.#used -= 1;
    if (this.#spare.length < maxSpare) this.#spare.push(buffer);
  }
}

/**
 * What the next read brings: `large` in the middle of a large body, `maybe-large` before a response when the last one was
 * large, otherwise `small`.
 */
export type ReadExpectation = 'large' | 'maybe-large' | 'small';

/**
 * The buffer that one connection reads into next: its own small one, a large one within a large body, and another one while
 * a write refers to the last.
 */
export class ReadBuffer {
  readonly #shared: ReadBuffers;
  #small: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(smallBytes);
  #current: Buffer<ArrayBuffer> = this.#small;
  #lent = false;

  constructor(shared: ReadBuffers) {
    this.#shared = shared;
  }

  /** Returns the buffer for the next read. */
  next(expected: ReadExpectation): Buffer<ArrayBuffer> {
    const wasLarge = this.#current.length === largeBytes;
    const wantsLarge = expected === 'large' || (expected === 'maybe-large' && this.#shared.hasPlenty);
    if (this.#lent) {
      this.#lent = false;
      if (!wasLarge) this.#small = Buffer.allocUnsafeSlow(smallBytes);
    } else if (wasLarge && wantsLarge) return this.#current;
    else if (wasLarge) this.#shared.release(this.#current);
    this.#current = wantsLarge ? this.#shared.acquire() : this.#small;
    return this.#current;
  }

  /**
   * Marks the buffer of the last read as referred to by a write. Returns a function that releases it, to be called once when
   * the write has ended. At most one write may refer to one read: a second release would hand the buffer out twice.
   */
  lend(): () => void {
    if (this.#lent) throw new Error('ReadBuffer: the buffer of this read is lent already');
    const lent = this.#current;
    this.#lent = true;
    return () => {
      if (lent.length === largeBytes) this.#shared.release(lent);
    };
  }

  /** Releases the buffer: the connection reads no more. */
  release(): void {
    if (this.#current.length === largeBytes && !this.#lent) this.#shared.release(this.#current);
    this.#current = this.#small;
  }
}
