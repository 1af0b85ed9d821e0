import { createCoalescedRead } from '@tripod/shared/async/coalesced-read';
import type { Answer } from '../operation.ts';
import type { JsonPage, PageRequest } from './page.ts';
import { indentItems, rememberLast } from './represent-list.ts';

/** A list as its store reads it, page by page in the order of ids. */
export type ListSource = {
  /** With `upTo`, the page ends with the row of that id at the latest. */
  readPage(page: PageRequest & { readonly upTo?: string }): Promise<JsonPage>;
  /** The id of the last row; undefined for an empty list. */
  findLastId(): Promise<string | undefined>;
};

/** A list up to this size is one text with a length and a tag; a larger one is streamed. */
const maxWholeBytes = 1_048_576;
const firstPageRows = 1000;
/** Texts of 128 KiB and more are large objects to the engine, which it collects late. */
const pageBytes = 120_000;

/** A limit that gives the page behind this one its usual size, if its rows are like these. */
const nextLimit = ({ rows, json }: JsonPage): number =>
  Math.max(1, Math.min(2 * firstPageRows, Math.floor((pageBytes * rows) / json.length)));

/** Where the next page begins; undefined behind the last one. */
type Next = { readonly after: string; readonly limit: number; readonly upTo: string } | undefined;

/** A whole list as compact JSON without brackets, or the first pages of one over 1 MiB. */
type Beginning =
  | { readonly whole: string }
  | { readonly whole?: never; readonly pages: readonly string[]; readonly next: Next };

/** Reads pages until they are over 1 MiB or all of them. */
const readBeginning = async ({ readPage, findLastId }: ListSource): Promise<Beginning> => {
  const pages: string[] = [];
  let bytes = '[]'.length - ','.length;
  let limit = firstPageRows;
  let after: string | undefined;
  for (;;) {
    const page: JsonPage = await readPage({ limit, after });
    pages.push(page.json);
    bytes += ','.length + Buffer.byteLength(page.json);
    after = page.nextAfter;
    const isLong = bytes > maxWholeBytes;
    if (after === undefined) return isLong ? { pages, next: undefined } : { whole: pages.join(',') };
    limit = nextLimit(page);
    // Without an end, a slow reader of a growing list would never reach it.
    if (isLong) return { pages, next: { after, limit, upTo: (await findLastId()) ?? after } };
  }
};

/**
 * The pages of a long list, beginning with those in `queue`. The next page is read while the client takes the one
 * before; no connection is held meanwhile, so a slow client costs the database nothing.
 */
async function* eachPage({ readPage }: ListSource, queue: string[], start: Next): AsyncGenerator<string> {
  const read = (next: Next): Promise<JsonPage> | undefined => {
    const page = next && readPage(next);
    // It may fail before anything waits for it; the error is thrown where it is awaited.
    page?.catch(() => undefined);
    return page;
  };
  const upTo = start?.upTo ?? '';
  let next = read(start);
  // Removed one by one, so that what has been sent is not kept.
  for (let page = queue.shift(); page !== undefined; page = queue.shift()) yield page;
  while (next !== undefined) {
    const page: JsonPage = await next;
    if (page.json === '') return;
    const after = page.nextAfter;
    next = read(after === undefined ? undefined : { after, limit: nextLimit(page), upTo });
    yield page.json;
  }
}

async function* streamArray(pages: AsyncIterable<string>, indent: number): AsyncGenerator<string> {
  let before = '[';
  for await (const page of pages) {
    yield before + indentItems(page, indent);
    before = ',';
  }
  yield indent === 0 ? ']' : '\n]';
}

/**
 * Answers a whole list, which contains everything that was confirmed before it was asked for. Requests that arrive
 * while its beginning is being read share the next reading. A list of up to 1 MiB has an entity tag and a length; a
 * longer one is streamed page by page in bounded memory.
 */
export const createWholeList = (source: ListSource): ((indent: number) => Promise<Answer>) => {
  const represent = rememberLast();
  const read = createCoalescedRead(() => readBeginning(source));
  return async (indent) => {
    const list = await read();
    return list.whole === undefined
      ? { stream: streamArray(eachPage(source, [...list.pages], list.next), indent) }
      : { tagged: represent(list.whole, indent) };
  };
};
