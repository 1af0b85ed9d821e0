import { findHeadEnd, skipEmptyLines } from './head-bytes.ts';

/** What one client has sent and nobody has read yet. */
export class PendingBytes {
  #bytes: Buffer | undefined;

  get length(): number {
    return this.#bytes?.length ?? 0;
  }

  add(bytes: Buffer): void {
    this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, bytes]) : bytes;
  }

  /** Takes the text of the next head; undefined while it is not complete. Throws a MessageError when it never will be. */
  takeHead(): string | undefined {
    if (!this.#bytes) return undefined;
    const bytes = skipEmptyLines(this.#bytes);
    this.#bytes = bytes.length > 0 ? bytes : undefined;
    const end = findHeadEnd(bytes, 0, bytes.length, 'request');
    if (end === -1) return undefined;
    this.#bytes = end < bytes.length ? bytes.subarray(end) : undefined;
    return bytes.toString('latin1', 0, end);
  }

  takeAll(): Buffer | undefined {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    return bytes;
  }
}
