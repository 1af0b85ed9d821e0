type Linked<T> = { newer: T | undefined; older: T | undefined };

/** Entries in the order of their last use. Every operation takes constant time. */
export class LruList<T extends Linked<T>> {
  #newest: T | undefined;
  #oldest: T | undefined;

  get oldest(): T | undefined {
    return this.#oldest;
  }

  /** Adds the entry, or moves it to the newest position. */
  use(entry: T): void {
    if (this.#newest === entry) return;
    this.remove(entry);
    entry.older = this.#newest;
    if (this.#newest) this.#newest.newer = entry;
    this.#newest = entry;
    this.#oldest ??= entry;
  }

  /** Does nothing when the entry is not in the list. */
  remove(entry: T): void {
    if (entry.older) entry.older.newer = entry.newer;
    else if (this.#oldest === entry) this.#oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else if (this.#newest === entry) this.#newest = entry.older;
    entry.newer = undefined;
    entry.older = undefined;
  }
}
