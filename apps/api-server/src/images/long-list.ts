import type { ImageStore } from './image-store.ts';

/** The list in pieces of JSON, read page by page while it is sent. */
export type LongList = {
  chunks(indent: number): AsyncIterable<string>;
  /** Resolves when the first of its readers has read to the end, left or failed; at once when there is none. */
  untilRead(): Promise<void>;
};

type Page = { readonly piece: string; readonly nextAfter: string | undefined };
type ReadPage = (after: string | undefined) => Promise<Page>;

/** Rows of one statement: some 150 KB as a rule, and 11 MB when all texts are as long as they may be. */
export const pageRows = 1000;
/** So many pages are kept for readers who are a little behind: some 1.2 MB. */
const keptPages = 8;

/** The inside of a list's JSON text, indented. */
const indentInside = (text: string, indent: number): string =>
  indent === 0 || text === '' ? text : JSON.stringify(JSON.parse(`[${text}]`), null, indent).slice(1, -2);

/** A page as it stands in the text: the first one opens the list, and the last one closes it. */
const pieceOf = (inside: string, place: { first: boolean; last: boolean; indent: number }): string => {
  const { first, last, indent } = place;
  if (first && last && inside === '') return '[]';
  const opening = first ? '[' : inside === '' ? '' : ',';
  return `${opening}${inside}${last ? (indent === 0 ? ']' : '\n]') : ''}`;
};

/** Those who read the same list go side by side as a rule: each page is asked for once, and kept for a while. */
const sharePages = (read: ReadPage): ReadPage => {
  const kept = new Map<string | undefined, Promise<Page>>();
  return (after) => {
    const known = kept.get(after);
    if (known !== undefined) return known;
    const page = read(after);
    // Read ahead, it may fail before anyone waits for it.
    page.catch(() => undefined);
    kept.set(after, page);
    if (kept.size > keptPages) kept.delete(kept.keys().next().value);
    return page;
  };
};

/**
 * The images up to that id. No transaction and no connection is held between two pages, so that a reader may be as
 * slow as he likes; what was inserted since the list was asked for may be in it or not.
 */
export const createLongList = (images: ImageStore, lastId: string): LongList => {
  const read = Promise.withResolvers<void>();
  let isBeingRead = false;
  const readPage = async (after: string | undefined, indent: number): Promise<Page> => {
    const page = await images.listPageText({ limit: pageRows, after });
    // Else a slow reader of a growing list would never come to its end.
    const isLast = page.nextAfter === undefined || BigInt(page.nextAfter) >= BigInt(lastId);
    const place = { first: after === undefined, last: isLast, indent };
    const piece = pieceOf(indentInside(page.text, indent), place);
    return { piece, nextAfter: isLast ? undefined : page.nextAfter };
  };
  const byIndent = new Map<number, ReadPage>();
  return {
    untilRead: () => (isBeingRead ? read.promise : Promise.resolve()),
    async *chunks(indent) {
      isBeingRead = true;
      const shared = byIndent.get(indent) ?? sharePages((after) => readPage(after, indent));
      byIndent.set(indent, shared);
      try {
        let after: string | undefined;
        do {
          const { piece, nextAfter } = await shared(after);
          // The next one is read while this one is sent.
          if (nextAfter !== undefined) void shared(nextAfter);
          else read.resolve();
          yield piece;
          after = nextAfter;
        } while (after !== undefined);
      } finally {
        read.resolve();
      }
    },
  };
};
