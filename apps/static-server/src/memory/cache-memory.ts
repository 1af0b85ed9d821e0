const granuleBytes = 256;

/** Blocks of at least this size are allocated from the end, so that small blocks do not fragment the space for them. */
const largeBytes = 262_144;

type FreeBlock = { first: number; bytes: number };

const roundUp = (size: number): number => Math.ceil(size / granuleBytes) * granuleBytes;

/**
 * Allocates blocks from one buffer, first fit. The process's own allocator would fragment: files that come and go then
 * take half as much again as they hold, and the garbage collector returns memory late. Pages that were never written
 * are not resident.
 */
export class BlockAllocator {
  readonly #buffer: Buffer;
  /** Sorted by position; adjacent free blocks are merged. */
  readonly #free: FreeBlock[] = [];

  /** Throws a RangeError when the machine can't allocate so much. */
  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
    const usable = bytes - (bytes % granuleBytes);
    if (usable > 0) this.#free.push({ first: 0, bytes: usable });
  }

  /** Returns `size` uninitialized bytes, or undefined when no free block is large enough. */
  allocate(size: number): Buffer | undefined {
    const bytes = roundUp(size);
    const isLarge = bytes >= largeBytes;
    const fits = (block: FreeBlock): boolean => block.bytes >= bytes;
    const index = isLarge ? this.#free.findLastIndex(fits) : this.#free.findIndex(fits);
    const block = this.#free[index];
    if (block === undefined) return undefined;
    const first = isLarge ? block.first + block.bytes - bytes : block.first;
    if (!isLarge) block.first += bytes;
    block.bytes -= bytes;
    if (block.bytes === 0) this.#free.splice(index, 1);
    return this.#buffer.subarray(first, first + size);
  }

  /** Frees what `allocate` returned. Must be called once, when nothing reads the bytes any more. */
  free(allocated: Buffer): void {
    const freed = { first: allocated.byteOffset - this.#buffer.byteOffset, bytes: roundUp(allocated.length) };
    if (freed.bytes === 0) return;
    const index = this.#indexAfter(freed.first);
    const [before, after] = [this.#free[index - 1], this.#free[index]];
    const joinsBefore = before !== undefined && before.first + before.bytes === freed.first;
    const joinsAfter = after !== undefined && freed.first + freed.bytes === after.first;
    if (joinsBefore) {
      before.bytes += freed.bytes + (joinsAfter ? after.bytes : 0);
      if (joinsAfter) this.#free.splice(index, 1);
    } else if (joinsAfter) {
      after.first = freed.first;
      after.bytes += freed.bytes;
    } else this.#free.splice(index, 0, freed);
  }

  /** The index at which a free block at `first` belongs. */
  #indexAfter(first: number): number {
    let [low, high] = [0, this.#free.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#free[middle]?.first ?? 0) < first) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What a representation takes besides its content: headers and its share of stats and index. A high estimate. */
const overheadBytes = 2048;

/** The memory that a representation of `size` bytes takes. */
export const representationBytes = (size: number): number => size + overheadBytes;

/** The rest is for headers, for the compressor, and for garbage of the requests that load files. */
const contentShare = 3 / 4;

/** The memory of all cached files: allocates their content and counts what is used of the limit. */
export class CacheMemory {
  readonly maxBytes: number;
  readonly #allocator: BlockAllocator;
  #usedBytes = 0;

  /** Throws a RangeError when the machine can't allocate so much. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.#allocator = new BlockAllocator(Math.floor(maxBytes * contentShare));
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Allocates the content of a representation; undefined when it does not fit. */
  allocate(size: number): Buffer | undefined {
    const needed = representationBytes(size);
    const bytes = this.#fits(needed) ? this.#allocator.allocate(size) : undefined;
    if (bytes) this.#usedBytes += needed;
    return bytes;
  }

  /** Frees what `allocate` returned. Must be called once, when nothing reads the bytes any more. */
  free(bytes: Buffer): void {
    this.#usedBytes -= representationBytes(bytes.length);
    this.#allocator.free(bytes);
  }

  /** Counts `bytes` that are kept elsewhere. Returns false when they would exceed the limit. */
  reserve(bytes: number): boolean {
    if (!this.#fits(bytes)) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** Stops counting bytes that were reserved. */
  unreserve(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.maxBytes;
  }
}
