import type { Coding } from './content-coding.ts';
import type { DiskStats } from './disk.ts';
import { contentTagOf, describeRepresentation, type FileFacts } from './file-headers.ts';
import type { RequestedPath } from './resolve-path.ts';
import {
  type FileMemory,
  maxTextBytes,
  type StoredForm,
  storedBytes,
  timesUntilText,
} from './stored-form.ts';

export type StoredFileOptions = {
  readonly path: RequestedPath;
  readonly facts: FileFacts;
  readonly stats: DiskStats;
  readonly bytes: Buffer;
  /** SHA-256 of the bytes. */
  readonly digest: string;
  /** When the disk was last known to hold exactly this, on the monotonic clock. */
  readonly checkedMs: number;
  readonly memory: FileMemory;
};

/** A file in memory, with what is sent of it made ready. Lives until it was dropped and nobody holds it any more. */
export class StoredFile {
  readonly kind = 'stored';
  readonly path: RequestedPath;
  readonly digest: string;
  stats: DiskStats;
  facts: FileFacts;
  checkedMs: number;
  /** The check that is under way. */
  checking: Promise<void> | undefined;
  /** Neighbours in the order of use. */
  newer: StoredFile | undefined;
  older: StoredFile | undefined;
  identity: StoredForm;
  br: StoredForm | undefined;
  gzip: StoredForm | undefined;
  readonly #memory: FileMemory;
  #holders = 0;
  #dropped = false;
  #freed = false;

  constructor({ path, facts, stats, bytes, digest, checkedMs, memory }: StoredFileOptions) {
    this.path = path;
    this.facts = facts;
    this.stats = stats;
    this.digest = digest;
    this.checkedMs = checkedMs;
    this.#memory = memory;
    this.identity = this.#describe(bytes, undefined, undefined);
  }

  get contentType(): string {
    return this.facts.contentType;
  }

  get dropped(): boolean {
    return this.#dropped;
  }

  /** Whether its bytes were given back: they are another file's now. */
  get freed(): boolean {
    return this.#freed;
  }

  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** All memory that it takes. */
  get bytes(): number {
    return this.#forms().reduce((sum, { size, text = '' }) => sum + storedBytes(size) + text.length, 0);
  }

  /** The form to send: the first of these codings that there is. */
  formFor(codings: readonly Coding[]): StoredForm {
    for (const coding of codings) {
      const form = this[coding];
      if (form) return form;
    }
    return this.identity;
  }

  addCoding(coding: Coding, bytes: Buffer): void {
    this[coding] = this.#describe(bytes, coding, undefined);
  }

  /** The same bytes, of which the disk now says something else: touched, or copied over themselves. */
  redescribe(facts: FileFacts, stats: DiskStats): void {
    this.facts = facts;
    this.stats = stats;
    for (const form of this.#forms())
      this[form.coding ?? 'identity'] = this.#describe(form.bytes, form.coding, form);
  }

  /** Until `release`, its bytes stay as they are. Whoever gives them to a socket or a thread holds the file. */
  hold(): void {
    this.#holders += 1;
  }

  /** Once for each `hold`. Throws when it is once too often: another holder's bytes would be given back. */
  release(): void {
    if (this.#holders === 0) throw new Error('a stored file was released by someone who did not hold it');
    this.#holders -= 1;
    this.#freeIfUnused();
  }

  /** It is no longer in the index. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#freeIfUnused();
  }

  /** All of a form, to be written with the encoding latin1 when it is a text. */
  bodyOf(form: StoredForm): Buffer | string {
    if (form.text !== undefined) return form.text;
    form.timesSent += 1;
    if (form.timesSent !== timesUntilText || form.size > maxTextBytes) return form.bytes;
    if (this.#memory.reserve(form.size)) form.text = form.bytes.toString('latin1');
    return form.text ?? form.bytes;
  }

  #forms(): readonly StoredForm[] {
    return [this.identity, this.br, this.gzip].filter((form) => form !== undefined);
  }

  #describe(bytes: Buffer, coding: Coding | undefined, before: StoredForm | undefined): StoredForm {
    const etag = contentTagOf(this.digest, coding);
    const representation = describeRepresentation(this.facts, { coding, etag, size: bytes.length });
    return { ...representation, bytes, text: before?.text, timesSent: before?.timesSent ?? 0 };
  }

  #freeIfUnused(): void {
    if (!this.#dropped || this.#holders > 0 || this.#freed) return;
    this.#freed = true;
    for (const { bytes, text = '' } of this.#forms()) {
      this.#memory.giveBack(bytes);
      this.#memory.release(text.length);
    }
  }
}
