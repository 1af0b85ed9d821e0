import { ByteArena } from './byte-arena.ts';
import { type FileMemory, storedBytes } from './stored-form.ts';

/** The rest is for headers, for what compressing takes, and for garbage of the requests that read files in. */
const arenaShare = 3 / 4;

/** The memory of all files together: where their bytes lie, and how much of the limit is used. */
export class LimitedMemory implements FileMemory {
  readonly maxBytes: number;
  readonly #arena: ByteArena;
  #usedBytes = 0;

  /** Throws a RangeError when the machine can't give so much. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.#arena = new ByteArena(Math.floor(maxBytes * arenaShare));
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** A place for so many bytes of a form; undefined when there is none. */
  take(size: number): Buffer | undefined {
    const needed = storedBytes(size);
    const bytes = this.#fits(needed) ? this.#arena.take(size) : undefined;
    if (bytes) this.#usedBytes += needed;
    return bytes;
  }

  giveBack(bytes: Buffer): void {
    this.#usedBytes -= storedBytes(bytes.length);
    this.#arena.giveBack(bytes);
  }

  /** Counts memory of another kind, if there is room for it without dropping anything. */
  reserve(bytes: number): boolean {
    if (!this.#fits(bytes)) return false;
    this.#usedBytes += bytes;
    return true;
  }

  /** Gives back what was reserved. */
  release(bytes: number): void {
    this.#usedBytes -= bytes;
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes + bytes <= this.maxBytes;
  }
}
