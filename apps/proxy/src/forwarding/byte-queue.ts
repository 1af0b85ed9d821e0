const minCapacity = 4096;
const none = Buffer.alloc(0);

/**
 * Bytes that have been received and wait to be read. Reading moves an offset; appending uses spare capacity that
 * doubles when it runs out. So the cost grows with the number of bytes, however small the pieces are.
 */
export class ByteQueue {
  /** The bytes from `start` to `end` wait; what stands outside is undefined. */
  bytes: Buffer = none;
  start = 0;
  end = 0;
  /** The buffer was allocated here, so that the part after `end` may be written. */
  #isOwned = false;

  get length(): number {
    return this.end - this.start;
  }

  /** Appends bytes. The queue may keep a reference to them: the caller must not change them afterwards. */
  add(bytes: Buffer): void {
    if (this.length === 0) {
      this.bytes = bytes;
      this.start = 0;
      this.end = bytes.length;
      this.#isOwned = false;
      return;
    }
    if (!this.#isOwned || this.end + bytes.length > this.bytes.length) this.#makeRoom(bytes.length);
    bytes.copy(this.bytes, this.end);
    this.end += bytes.length;
  }

  /** Removes this many bytes from the front. */
  skip(count: number): void {
    this.start += count;
    if (this.length === 0) this.clear();
  }

  /** Returns all bytes without removing them. They stay as they are as long as nothing is skipped. */
  peekAll(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Removes and returns all bytes; undefined when there are none. */
  takeAll(): Buffer | undefined {
    const all = this.length === 0 ? undefined : this.peekAll();
    this.clear();
    return all;
  }

  clear(): void {
    this.bytes = none;
    this.start = 0;
    this.end = 0;
    this.#isOwned = false;
  }

  #makeRoom(added: number): void {
    const { length } = this;
    const needed = length + added;
    if (this.#isOwned && needed * 2 <= this.bytes.length) {
      this.bytes.copyWithin(0, this.start, this.end);
    } else {
      const larger = Buffer.allocUnsafeSlow(Math.max(minCapacity, needed * 2));
      this.bytes.copy(larger, 0, this.start, this.end);
      this.bytes = larger;
      this.#isOwned = true;
    }
    this.start = 0;
    this.end = length;
  }
}
