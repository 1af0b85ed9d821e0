const granuleBytes = 256;

/** Pieces of at least this are cut from the end, so that small ones do not come to lie between large ones. */
const largeBytes = 262_144;

type Extent = { first: number; bytes: number };

const roundUp = (size: number): number => Math.ceil(size / granuleBytes) * granuleBytes;

/**
 * One block of memory of which pieces are taken and given back. From the process's own allocator they would leave
 * holes: files that come and go then cost half as much again as they hold, and the garbage collector would return
 * them late. Memory that was never used is not resident.
 */
export class ByteArena {
  readonly #memory: Buffer;
  /** By place; two neighbours are one. */
  readonly #free: Extent[] = [];

  /** Throws a RangeError when the machine can't give so much. */
  constructor(bytes: number) {
    this.#memory = Buffer.allocUnsafeSlow(bytes);
    const whole = bytes - (bytes % granuleBytes);
    if (whole > 0) this.#free.push({ first: 0, bytes: whole });
  }

  /** So many bytes, of any content; undefined when no free piece is large enough. */
  take(size: number): Buffer | undefined {
    const bytes = roundUp(size);
    const isLarge = bytes >= largeBytes;
    const fits = (extent: Extent): boolean => extent.bytes >= bytes;
    const index = isLarge ? this.#free.findLastIndex(fits) : this.#free.findIndex(fits);
    const extent = this.#free[index];
    if (extent === undefined) return undefined;
    const first = isLarge ? extent.first + extent.bytes - bytes : extent.first;
    if (!isLarge) extent.first += bytes;
    extent.bytes -= bytes;
    if (extent.bytes === 0) this.#free.splice(index, 1);
    return this.#memory.subarray(first, first + size);
  }

  /** Gives back what `take` returned, once. Nothing may be using it any more. */
  giveBack(taken: Buffer): void {
    const freed = { first: taken.byteOffset - this.#memory.byteOffset, bytes: roundUp(taken.length) };
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

  /** Where in the order of places a free piece that begins here stands. */
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
