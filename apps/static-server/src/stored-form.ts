import type { Representation } from './file-headers.ts';

/** A form of a file whose bytes are at hand. */
export type StoredForm = Representation & {
  readonly bytes: Buffer;
  /** The same bytes as latin1 once the form is in demand: node writes a text together with the head, in one go. */
  text: string | undefined;
  timesSent: number;
};

/** What a form takes beside its bytes: headers, its part of the stats and of the index. An estimate, upwards. */
const overheadBytes = 2048;

/** What a form of so many bytes takes in memory. */
export const storedBytes = (size: number): number => size + overheadBytes;

/** Larger texts are copied by node to a place of their own first, which costs more than a second piece to write. */
export const maxTextBytes = 16_384;
/** From so many answers on a form is in demand. */
export const timesUntilText = 16;

/** Where the bytes of stored files come from. */
export type FileMemory = {
  /** Of bytes that nobody uses any more. */
  giveBack(bytes: Buffer): void;
  /** False when there is no room for a text of so many bytes. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
};
