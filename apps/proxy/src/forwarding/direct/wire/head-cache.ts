const maxEntries = 1000;
/** The longest text that is cached, in characters. */
export const maxCachedLength = 2048;
/** After this many misses in a row the cache is bypassed for `bypassedReads` reads. */
const maxMisses = 256;
const bypassedReads = 4096;

/**
 * Caches the result of a pure function of a head's text: browsers, load tools and servers send the same head again and
 * again. A full cache is emptied, which is cheaper than tracking the order of use. Where heads do not repeat (each
 * carries an id of its own) the cache is bypassed most of the time. `keep` returns what may be cached, or undefined for
 * heads with credentials.
 */
export class HeadCache<T> {
  readonly #make: (text: string) => T;
  readonly #keep: (made: T) => T | undefined;
  #entries = new Map<string, T>();
  #lastText: string | undefined;
  #last: T | undefined;
  #misses = 0;
  #bypassed = 0;

  constructor(make: (text: string) => T, keep: (made: T) => T | undefined) {
    this.#make = make;
    this.#keep = keep;
  }

  /** Returns the cached result for this text. */
  find(text: string): T | undefined {
    // Comparing with the last text avoids computing the hash of this one.
    if (text === this.#lastText) return this.#last;
    const known = this.#entries.get(text);
    if (known !== undefined) {
      this.#lastText = text;
      this.#last = known;
    }
    return known;
  }

  /** Returns the function's result for this text, cached or new. Throws what the function throws. */
  read(text: string): T {
    if (this.#bypassed > 0) {
      this.#bypassed -= 1;
      return this.#make(text);
    }
    const known = this.find(text);
    if (known !== undefined) {
      this.#misses = 0;
      return known;
    }
    const made = this.#make(text);
    const kept = text.length > maxCachedLength ? undefined : this.#keep(made);
    if (kept === undefined) return made;
    if (this.#entries.size >= maxEntries) this.clear();
    this.#entries.set(text, kept);
    this.#misses += 1;
    if (this.#misses >= maxMisses) {
      this.#misses = 0;
      this.#bypassed = bypassedReads;
    }
    return made;
  }

  clear(): void {
    this.#entries = new Map();
    this.#lastText = undefined;
    this.#last = undefined;
  }
}
