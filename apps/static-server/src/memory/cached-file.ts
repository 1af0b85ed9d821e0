import type { DiskStats } from '../files/disk.ts';
import {
  type Coding,
  contentEtag,
  createRepresentation,
  type FileMetadata,
  type Representation,
} from '../headers/representation.ts';
import type { RequestedPath } from '../path/request-target.ts';
import { type CacheMemory, representationBytes } from './cache-memory.ts';

/** A representation whose content is in memory. */
export type CachedRepresentation = Representation & {
  readonly bytes: Buffer;
  /** The content as a latin1 string, once it is requested often: node writes header and string in one call. */
  text: string | undefined;
  timesSent: number;
};

/** node copies a larger string before it writes it, which costs more than a second write. */
const maxTextBytes = 16_384;
/** How often a representation is sent before its string is made. */
const timesUntilText = 16;

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0;

export type CachedFileOptions = {
  readonly path: RequestedPath;
  readonly metadata: FileMetadata;
  readonly stats: DiskStats;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes in base64url. */
  readonly digest: string;
  /** When the disk last held exactly this content, on the monotonic clock. */
  readonly validatedMs: number;
  readonly memory: Pick<CacheMemory, 'free' | 'reserve' | 'unreserve'>;
  /** Called when the content was sent without a coding for the second, fourth, eighth … time. */
  readonly onRequestedAgain: (file: CachedFile) => void;
};

/**
 * A file in memory with its representations. Its memory is freed when the file has left the index and no user retains
 * it any more.
 */
export class CachedFile {
  readonly kind = 'cached';
  readonly path: RequestedPath;
  readonly digest: string;
  stats: DiskStats;
  metadata: FileMetadata;
  validatedMs: number;
  /** The validation in progress. */
  validation: Promise<void> | undefined;
  /** Neighbours in the LRU list. */
  newer: CachedFile | undefined;
  older: CachedFile | undefined;
  identity: CachedRepresentation;
  br: CachedRepresentation | undefined;
  gzip: CachedRepresentation | undefined;
  readonly #memory: CachedFileOptions['memory'];
  readonly #onRequestedAgain: CachedFileOptions['onRequestedAgain'];
  #users = 0;
  #removed = false;
  #freed = false;

  constructor(options: CachedFileOptions) {
    const { path, metadata, stats, bytes, digest, validatedMs, memory, onRequestedAgain } = options;
    this.path = path;
    this.metadata = metadata;
    this.stats = stats;
    this.digest = digest;
    this.validatedMs = validatedMs;
    this.#memory = memory;
    this.#onRequestedAgain = onRequestedAgain;
    this.identity = this.#represent(bytes, undefined, undefined);
  }

  /** Whether the file has left the index. */
  get removed(): boolean {
    return this.#removed;
  }

  /** Whether its memory was freed. The bytes may belong to another file by now. */
  get freed(): boolean {
    return this.#freed;
  }

  get isCompressed(): boolean {
    return this.br !== undefined || this.gzip !== undefined;
  }

  get isRetained(): boolean {
    return this.#users > 0;
  }

  /** All memory that the file takes, in bytes. */
  get bytes(): number {
    return this.#representations().reduce(
      (sum, { size, text = '' }) => sum + representationBytes(size) + text.length,
      0,
    );
  }

  /** The representation for a client that accepts these codings, best first. */
  representationFor(codings: readonly Coding[]): CachedRepresentation {
    for (const coding of codings) {
      const representation = this[coding];
      if (representation) return representation;
    }
    return this.identity;
  }

  addCoding(coding: Coding, bytes: Buffer): void {
    this[coding] = this.#represent(bytes, coding, undefined);
  }

  /** Takes over new metadata for the same content, after the file was touched or overwritten with itself. */
  updateMetadata(metadata: FileMetadata, stats: DiskStats): void {
    this.metadata = metadata;
    this.stats = stats;
    for (const before of this.#representations()) {
      this[before.coding ?? 'identity'] = this.#represent(before.bytes, before.coding, before);
    }
  }

  /** Keeps the bytes valid until `release`. Retain the file while a socket or a thread reads its bytes. */
  retain(): void {
    this.#users += 1;
  }

  /** Must be called once for each `retain`. Throws when called too often, since that would free memory in use. */
  release(): void {
    if (this.#users === 0) throw new Error('a cached file was released more often than it was retained');
    this.#users -= 1;
    this.#freeIfUnused();
  }

  /** Marks that the file has left the index. */
  markRemoved(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#freeIfUnused();
  }

  /** The whole content of a representation. A string must be written as latin1. */
  bodyOf(representation: CachedRepresentation): Buffer | string {
    if (representation.text !== undefined) return representation.text;
    representation.timesSent += 1;
    const { timesSent } = representation;
    if (timesSent > 1 && isPowerOfTwo(timesSent) && representation === this.identity)
      this.#onRequestedAgain(this);
    if (timesSent !== timesUntilText || representation.size > maxTextBytes) {
      return representation.bytes;
    }
    if (this.#memory.reserve(representation.size))
      representation.text = representation.bytes.toString('latin1');
    return representation.text ?? representation.bytes;
  }

  #representations(): readonly CachedRepresentation[] {
    return [this.identity, this.br, this.gzip].filter((representation) => representation !== undefined);
  }

  #represent(
    bytes: Buffer,
    coding: Coding | undefined,
    before: CachedRepresentation | undefined,
  ): CachedRepresentation {
    const etag = contentEtag(this.digest, coding);
    const representation = createRepresentation(this.metadata, { coding, etag, size: bytes.length });
    return { ...representation, bytes, text: before?.text, timesSent: before?.timesSent ?? 0 };
  }

  #freeIfUnused(): void {
    if (!this.#removed || this.#users > 0 || this.#freed) return;
    this.#freed = true;
    for (const { bytes, text = '' } of this.#representations()) {
      this.#memory.free(bytes);
      this.#memory.unreserve(text.length);
    }
  }
}
