/** The size of the buffer that each upstream connection has for heads and small bodies. */
export const smallBytes = 16_384;
/** For large bodies while few shared buffers are in use: fewer system calls. */
const hugeBytes = 262_144;
/** For large bodies otherwise. A client that does not read then holds this much of its response. */
const largeBytes = 32_768;
/** The most that is kept of unused buffers of each size. */
const maxSpareBytes = 3_145_728;
/** From this number of shared buffers in use on, connections get smaller ones. */
const maxHuge = 48;

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

  /** Whether a connection gets a huge buffer. */
  get hasPlenty(): boolean {
    return this.#used < maxHuge;
  }

  acquire(bytes: number): Buffer<ArrayBuffer> {
    this.#used += 1;
    return this.#spare.get(bytes)?.pop() ?? Buffer.allocUnsafeSlow(bytes);
  }

  release(buffer: Buffer<ArrayBuffer>): void {
    this.#used -= 1;
    const spare = this.#spare.get(buffer.length);
    if (spare && spare.length * buffer.length < maxSpareBytes) spare.push(buffer);
  }
}

/**
 * What the next read brings: `large` in the middle of a large body, `maybe-large` before a response when the last one was
 * large and while the client does not take what was read, otherwise `small`.
 */
export type ReadExpectation = 'large' | 'maybe-large' | 'small';

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
      case 'large':
        return this.#shared.hasPlenty ? hugeBytes : largeBytes;
      case 'maybe-large':
        return this.#shared.hasPlenty ? hugeBytes : smallBytes;
      case 'small':
        return smallBytes;
    }
  }
}
