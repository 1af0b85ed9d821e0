/** The size of the buffer that each upstream connection has for heads and small bodies. */
export const smallBytes = 16_384;
/** For large bodies. Also the most that is kept of a response for a client that takes nothing. */
const largeBytes = 65_536;
/** For large bodies on their way to a client that has proved to be fast: fewer system calls. */
const hugeBytes = 262_144;
/** The maximum number of unused buffers of each size that are kept. */
const maxSpare = 64;
/** When this many shared buffers are in use, connections that wait for a response get small ones. */
const maxWaiting = 64;

/**
 * Read buffers shared by all upstream connections and used again and again: a large body then costs few system calls
 * and no garbage. A buffer that a write refers to is released in the callback of that write, not before.
 */
export class ReadBuffers {
  readonly #spare = new Map<number, Buffer<ArrayBuffer>[]>([
    [largeBytes, []],
    [hugeBytes, []],
  ]);
  #used = 0;

  /** Whether a connection that only may need a large buffer gets one. */
  get hasPlenty(): boolean {
    return this.#used < maxWaiting;
  }

  acquire(bytes: number): Buffer<ArrayBuffer> {
    this.#used += 1;
    return this.#spare.get(bytes)?.pop() ?? Buffer.allocUnsafeSlow(bytes);
  }

  release(buffer: Buffer<ArrayBuffer>): void {
    this.#used -= 1;
    const spare = this.#spare.get(buffer.length);
    if (spare && spare.length < maxSpare) spare.push(buffer);
  }
}

/**
 * What the next read brings: `large` in the middle of a large body, `huge` if its client is fast as well, `maybe-large`
 * before a response when the last one was large, otherwise `small`.
 */
export type ReadExpectation = 'huge' | 'large' | 'maybe-large' | 'small';

/**
 * The buffer that one connection reads into next: its own small one, a shared one within a large body, and another one
 * while a write refers to the last.
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
    const bytes = this.#bytesFor(expected);
    if (this.#lent) {
      this.#lent = false;
      if (this.#current === this.#small) this.#small = Buffer.allocUnsafeSlow(smallBytes);
    } else if (this.#current.length === bytes) return this.#current;
    else if (this.#current !== this.#small) this.#shared.release(this.#current);
    this.#current = bytes === smallBytes ? this.#small : this.#shared.acquire(bytes);
    return this.#current;
  }

  /**
   * Marks the buffer of the last read as referred to by a write. Returns a function that releases it, to be called once
   * when the write has ended. At most one write may refer to one read: a second release would hand the buffer out
   * twice.
   */
  lend(): () => void {
    if (this.#lent) throw new Error('ReadBuffer: the buffer of this read is lent already');
    const lent = this.#current;
    this.#lent = true;
    return () => {
      if (lent.length !== smallBytes) this.#shared.release(lent);
    };
  }

  /** Releases the buffer: the connection reads no more. */
  release(): void {
    if (this.#current !== this.#small && !this.#lent) this.#shared.release(this.#current);
    this.#current = this.#small;
  }

  #bytesFor(expected: ReadExpectation): number {
    switch (expected) {
      case 'huge':
        return hugeBytes;
      case 'large':
        return largeBytes;
      case 'maybe-large':
        return this.#shared.hasPlenty ? largeBytes : smallBytes;
      case 'small':
        return smallBytes;
    }
  }
}
