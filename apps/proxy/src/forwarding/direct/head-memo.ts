const maxEntries = 1000;
/** Longer texts are not kept. */
export const maxMemoLength = 2048;
/** After so many texts in a row that were new, remembering is put off for as long as `restLength` says. */
const maxMisses = 256;
const restLength = 4096;

/**
 * Remembers what a pure function made of a text. Browsers, load tools and servers send the same head again and again.
 * When it is full it starts anew: cheaper than keeping an order, and as good for what repeats. Where nothing repeats, as
 * with heads that hold an id of their own, it looks again only now and then. `mayKeep` false leaves an entry out: heads
 * with credentials stay no longer than their message.
 */
export class HeadMemo<T> {
  readonly #make: (text: string) => T;
  readonly #mayKeep: (made: T) => boolean;
  #kept = new Map<string, T>();
  #misses = 0;
  #rest = 0;

  constructor(make: (text: string) => T, mayKeep: (made: T) => boolean) {
    this.#make = make;
    this.#mayKeep = mayKeep;
  }

  /** What is remembered of this text. */
  find(text: string): T | undefined {
    return this.#kept.get(text);
  }

  /** What the function makes of this text. Throws what the function throws. */
  read(text: string): T {
    if (this.#rest > 0) {
      this.#rest -= 1;
      return this.#make(text);
    }
    const known = this.#kept.get(text);
    if (known !== undefined) {
      this.#misses = 0;
      return known;
    }
    const made = this.#make(text);
    if (text.length > maxMemoLength || !this.#mayKeep(made)) return made;
    if (this.#kept.size >= maxEntries) this.#kept = new Map();
    this.#kept.set(text, made);
    this.#misses += 1;
    if (this.#misses >= maxMisses) {
      this.#misses = 0;
      this.#rest = restLength;
    }
    return made;
  }

  forget(): void {
    this.#kept = new Map();
  }
}
