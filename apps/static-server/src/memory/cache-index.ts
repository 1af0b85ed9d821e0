import type { Clock } from '@tripod/shared/async/clock';
import type { Metrics } from '@tripod/shared/metrics/metrics';
import { fileSegments, type RequestedPath } from '../path/request-target.ts';
import { CacheMemory, representationBytes } from './cache-memory.ts';
import type { CachedFile } from './cached-file.ts';
import { LruList } from './lru-list.ts';

/** After this time a file is validated against the disk in the background, while it is still served. */
export const revalidateAfterMs = 500;
/** After this time a file is validated before it is served, so that a change is visible within a second. */
export const staleAfterMs = 900;

/** To make room for one file, other files of at most this many times its size are evicted, or of `minEvictBytes`. */
const evictFactor = 4;
const minEvictBytes = 1024 * 1024;

/** The key under which a path's file is cached. */
export const fileKey = (path: RequestedPath): string => fileSegments(path).join('/');

/** A path that has only one spelling: unreserved characters, no empty segments, no segment that begins with a dot. */
const canonicalPath = /^\/(?:[\w~-][\w.~-]*\/)*(?:[\w~-][\w.~-]*)?$/;

/** The URLs by which a file is found without decoding: those that can mean no other file. */
const canonicalUrls = (key: string, reservedPaths: ReadonlySet<string>): readonly string[] => {
  const url = `/${key}`;
  const urls = /(?:^|\/)index\.html$/.test(key) ? [url, url.slice(0, -'index.html'.length)] : [url];
  return urls.filter((one) => canonicalPath.test(one) && !reservedPaths.has(one));
};

export type CacheIndexOptions = {
  readonly maxBytes: number;
  /** URLs that are never found, because they do not stand for files. */
  readonly reservedPaths: ReadonlySet<string>;
  readonly clock: Clock;
  /** Compares a file with the disk, and replaces or removes it when it differs. */
  readonly validate: (file: CachedFile) => Promise<void>;
};

/** The files in memory by key and by URL. The least recently used files are evicted to make room. */
export class CacheIndex {
  readonly #byKey = new Map<string, CachedFile>();
  readonly #byUrl = new Map<string, CachedFile>();
  readonly #lru = new LruList<CachedFile>();
  readonly #options: CacheIndexOptions;
  readonly memory: CacheMemory;

  constructor(options: CacheIndexOptions) {
    this.#options = options;
    this.memory = new CacheMemory(options.maxBytes);
  }

  get files(): number {
    return this.#byKey.size;
  }

  get usedBytes(): number {
    return this.memory.usedBytes;
  }

  /** The file of a request target as sent, when it may be served without waiting for the disk. */
  findFresh(url: string, nowMs: number): CachedFile | undefined {
    const file = this.#byUrl.get(url);
    if (file === undefined) return undefined;
    const ageMs = nowMs - file.validatedMs;
    if (ageMs > revalidateAfterMs) {
      if (ageMs > staleAfterMs) return undefined;
      void this.validate(file);
    }
    this.#lru.use(file);
    return file;
  }

  /** The file of a path, however long ago it was validated. Undefined when it is not in memory. */
  findAny(path: RequestedPath): CachedFile | undefined {
    return this.#byKey.get(fileKey(path));
  }

  /** Retains the file of a path, validated less than a second ago. Undefined when it is not in memory. */
  async acquire(path: RequestedPath): Promise<CachedFile | undefined> {
    const key = fileKey(path);
    const cached = this.#byKey.get(key);
    if (cached === undefined) return undefined;
    const isFresh = (file: CachedFile): boolean =>
      this.#options.clock.monotonicMs() - file.validatedMs <= staleAfterMs;
    if (!isFresh(cached)) await this.validate(cached);
    const file = this.#byKey.get(key);
    if (file === undefined || !isFresh(file)) return undefined;
    this.#lru.use(file);
    file.retain();
    return file;
  }

  /** Validates a file, once at a time. Never rejects: a file that can't be validated is removed. */
  validate(file: CachedFile): Promise<void> {
    file.validation ??= this.#options
      .validate(file)
      .catch(() => this.remove(file))
      .finally(() => {
        file.validation = undefined;
      });
    return file.validation;
  }

  /** Allocates memory, evicting files that no response is using. Undefined when that does not free enough. */
  allocate(size: number): Buffer | undefined {
    const needed = representationBytes(size);
    const mayEvict = Math.max(minEvictBytes, evictFactor * needed);
    let evicted = 0;
    for (let file = this.#lru.oldest; ; ) {
      const bytes = this.memory.allocate(size);
      if (bytes) return bytes;
      while (file?.isRetained) file = file.newer;
      // The free blocks are not adjacent, and evicting more files is unlikely to change that.
      if (file === undefined || evicted > mayEvict || needed > this.memory.maxBytes) return undefined;
      const { newer } = file;
      evicted += file.bytes;
      this.remove(file);
      file = newer;
    }
  }

  /** Adds a file, in place of the one with the same key. */
  add(file: CachedFile): void {
    const key = fileKey(file.path);
    const before = this.#byKey.get(key);
    if (before) this.remove(before);
    this.#byKey.set(key, file);
    for (const url of canonicalUrls(key, this.#options.reservedPaths)) this.#byUrl.set(url, file);
    this.#lru.use(file);
  }

  remove(file: CachedFile): void {
    const key = fileKey(file.path);
    if (this.#byKey.get(key) === file) {
      this.#byKey.delete(key);
      for (const url of canonicalUrls(key, this.#options.reservedPaths)) this.#byUrl.delete(url);
    }
    this.#lru.remove(file);
    file.markRemoved();
  }
}

/** Registers the gauges of the cache. */
export const registerCacheMetrics = (metrics: Metrics, index: CacheIndex): void => {
  metrics.gauge('static_files_in_memory', 'Files in memory.', () => [{ value: index.files }]);
  metrics.gauge('static_memory_bytes', 'Memory of cached files with their codings and headers.', () => [
    { value: index.usedBytes },
  ]);
};
