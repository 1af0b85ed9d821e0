import type { Clock } from '@tripod/shared/async/clock';
import { keyOf, plainUrlsOf } from './file-urls.ts';
import { LimitedMemory } from './limited-memory.ts';
import { RecencyList } from './recency-list.ts';
import type { RequestedPath } from './resolve-path.ts';
import type { StoredFile } from './stored-file.ts';
import { storedBytes } from './stored-form.ts';

/** After this long the disk is asked again, while the file goes on being served. */
export const recheckAfterMs = 500;
/** After this long the file is not served before the disk was asked: a change is seen within a second. */
export const staleAfterMs = 900;

/** For one file so many times its bytes may be dropped, or this. */
const dropFactor = 4;
const minDropBytes = 1024 * 1024;

export type FileIndexOptions = {
  readonly maxBytes: number;
  /** Never answered from here: they have another meaning than the files of these names. */
  readonly reservedPaths: ReadonlySet<string>;
  readonly clock: Clock;
  /** Asks the disk whether the file is still what it was, and replaces or removes it when it is not. */
  readonly check: (file: StoredFile) => Promise<void>;
};

/** The files in memory, by name and by URL; the least recently used make room. */
export class FileIndex {
  readonly #byKey = new Map<string, StoredFile>();
  readonly #byUrl = new Map<string, StoredFile>();
  readonly #recency = new RecencyList<StoredFile>();
  readonly #options: FileIndexOptions;
  readonly memory: LimitedMemory;

  constructor(options: FileIndexOptions) {
    this.#options = options;
    this.memory = new LimitedMemory(options.maxBytes);
  }

  get files(): number {
    return this.#byKey.size;
  }

  get usedBytes(): number {
    return this.memory.usedBytes;
  }

  /** The file of a URL as it was sent, when it can be answered at once. */
  findFresh(url: string, nowMs: number): StoredFile | undefined {
    const file = this.#byUrl.get(url);
    if (file === undefined) return undefined;
    const ageMs = nowMs - file.checkedMs;
    if (ageMs > recheckAfterMs) {
      if (ageMs > staleAfterMs) return undefined;
      void this.check(file);
    }
    this.#recency.use(file);
    return file;
  }

  /** Holds the file of a path, verified on the disk less than a second ago; undefined when it is not in memory. */
  async hold(path: RequestedPath): Promise<StoredFile | undefined> {
    const key = keyOf(path);
    const known = this.#byKey.get(key);
    if (known === undefined) return undefined;
    const isFresh = (file: StoredFile): boolean =>
      this.#options.clock.monotonicMs() - file.checkedMs <= staleAfterMs;
    if (!isFresh(known)) await this.check(known);
    const file = this.#byKey.get(key);
    if (file === undefined || !isFresh(file)) return undefined;
    this.#recency.use(file);
    file.hold();
    return file;
  }

  /** Asks the disk, once at a time for each file. Never rejects: a file that can't be checked is removed. */
  check(file: StoredFile): Promise<void> {
    file.checking ??= this.#options
      .check(file)
      .catch(() => this.remove(file))
      .finally(() => {
        file.checking = undefined;
      });
    return file.checking;
  }

  /** Memory for so many bytes, from files that nobody is being sent; undefined when that is not enough. */
  take(size: number): Buffer | undefined {
    const needed = storedBytes(size);
    const mayDrop = Math.max(minDropBytes, dropFactor * needed);
    let dropped = 0;
    for (let file = this.#recency.oldest; ; ) {
      const bytes = this.memory.take(size);
      if (bytes) return bytes;
      while (file?.isHeld) file = file.newer;
      // The pieces that are free do not lie together, and would not for long.
      if (file === undefined || dropped > mayDrop || needed > this.memory.maxBytes) return undefined;
      const { newer } = file;
      dropped += file.bytes;
      this.remove(file);
      file = newer;
    }
  }

  /** Takes a file in, for which memory was reserved, in place of the one that had its name. */
  add(file: StoredFile): void {
    const key = keyOf(file.path);
    const before = this.#byKey.get(key);
    if (before) this.remove(before);
    this.#byKey.set(key, file);
    for (const url of plainUrlsOf(key, this.#options.reservedPaths)) this.#byUrl.set(url, file);
    this.#recency.use(file);
  }

  remove(file: StoredFile): void {
    const key = keyOf(file.path);
    if (this.#byKey.get(key) === file) {
      this.#byKey.delete(key);
      for (const url of plainUrlsOf(key, this.#options.reservedPaths)) this.#byUrl.delete(url);
    }
    this.#recency.remove(file);
    file.drop();
  }
}
