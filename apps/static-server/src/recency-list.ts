type Linked<T> = { newer: T | undefined; older: T | undefined };

/** Things in the order in which they were last used; each step costs the same however many there are. */
export class RecencyList<T extends Linked<T>> {
  #newest: T | undefined;
  #oldest: T | undefined;

  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** Adds it, or moves it to the end of those used most lately. */
  use(one: T): void {
    if (this.#newest === one) return;
    this.remove(one);
    one.older = this.#newest;
    if (this.#newest) this.#newest.newer = one;
    this.#newest = one;
    this.#oldest ??= one;
  }

  /** Does nothing when it is not there. */
  remove(one: T): void {
    if (one.older) one.older.newer = one.newer;
    else if (this.#oldest === one) this.#oldest = one.newer;
    if (one.newer) one.newer.older = one.older;
    else if (this.#newest === one) this.#newest = one.older;
    one.newer = undefined;
    one.older = undefined;
  }
}
