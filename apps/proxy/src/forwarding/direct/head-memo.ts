const maxEntries = 1000;
/** Longer texts are not kept. */
export const maxMemoLength = 2048;
/** After so many texts in a row that were new, remembering is put off for as long as `restLength` says. */
const maxMisses = 256;
const restLength = 4096;

/**
 * Remembers what a pure function made of a text. Browsers, load tools and servers send the same head again and again.
 * When it is full it starts anew: cheaper than keeping an order, and as good for what repeats. Where nothing repeats, as
 * with heads that hold an id of their own, it looks again only now and then. `keep` says what stays, if anything: heads with
 * credentials do not.
 */
export class HeadMemo<T> {
  readonly #make: (text: string) => T;
  readonly #keep: (made: T) => T | undefined;
  #kept = new Map<string, T>();
  #lastText: string | undefined;
  #last: T | undefined;
  #misses = 0;
  #rest = 0;

  constructor(make: (text: string) => T, keep: (made: T) => T | undefined) {
    this.#make = make;
    this.#keep = keep;
  }

  /** What is remembered of this text. */
  find(text: string): T | undefined {
    // Comparing with the last one is cheaper than looking up, which needs a hash of the text.
    if (text === this.#lastText) return this.#last;
    const known = this.#kept.get(text);
    if (known !== undefined) {
      this.#lastText = text;
      this.#last = known;
    }
    return known;
  }

  /** What the function makes of this text. Throws what the function throws. */
  read(text: string): T {
    if (this.#rest > 0) {
      this.#rest -= 1;
      return this.#make(text);
    }
    const known = this.find(text);
    if (known !== undefined) {
      this.#misses = 0;
      return known;
    }
    const made = this.#make(text);
    const kept = text.length > maxMemoLength ? undefined : this.#keep(made);
    if (kept === undefined) return made;
    if (this.#kept.size >= maxEntries) this.forget();
    this.#kept.set(text, kept);
    this.#misses += 1;
    if (this.#misses >= maxMisses) {
      this.#misses = 0;
      this.#rest = restLength;
    }
    return made;
  }

  forget(): void {
    this.#kept = new Map();
    this.#lastText = undefined;
    this.#last = undefined;
  }
}
