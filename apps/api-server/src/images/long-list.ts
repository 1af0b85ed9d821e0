import type { JsonPage, JsonPageRequest } from './image-store.ts';
import type { ReadPage, SharedPages } from './shared-pages.ts';

/** The list in pieces of JSON, read page by page while it is sent. */
export type LongList = {
  chunks(indent: number): AsyncIterable<Uint8Array>;
  /** Whether someone is so far on that whoever begins now would not come up with him. */
  isFarOn(): boolean;
  /** Resolves when the first of its readers has read to the end, left or failed. */
  untilRead(): Promise<void>;
};

/** Rows of the first page. */
export const pageRows = 1000;
/**
 * What a page has as a rule. Of 128 KiB and more its text would be a large object, which is collected late, with all the
 * memory that the driver and the sockets took for it; of much less, asking costs more than answering. A dense page comes
 * in several texts.
 */
const pageBytes = 120_000;
const densePageBytes = 240_000;
/** Those that follow short rows may be long. */
const mostRows = 2000;
/** While one who comes later reads so much, the first one reads as much again: less than what is kept. */
const farOnBytes = 1_572_864;

/** The page behind one that began after `from` and ended at `after`: of the usual size, if its images are like these. */
const nextRequest = (from: string | undefined, { rows, json }: JsonPage, after: string): JsonPageRequest => {
  // At least half of the ids are there.
  const dense = from !== undefined && BigInt(after) - BigInt(from) <= 2 * rows;
  if (rows === 0) return { after, limit: pageRows, dense };
  const limit = Math.floor(((dense ? densePageBytes : pageBytes) * rows) / json.length);
  return { after, limit: Math.max(1, Math.min(mostRows, limit)), dense };
};

/** The pages up to the one with that id. The next one is read while whoever asks is busy with the one before. */
export async function* eachPage(readPage: ReadPage, lastId: string | undefined): AsyncGenerator<JsonPage> {
  let from: string | undefined;
  let next: Promise<JsonPage> | undefined = readPage({ after: from, limit: pageRows, dense: false });
  while (next !== undefined) {
    const page: JsonPage = await next;
    const { nextAfter } = page;
    // Else a slow reader of a growing list would never come to its end.
    const isLast = nextAfter === undefined || (lastId !== undefined && BigInt(nextAfter) >= BigInt(lastId));
    next = isLast ? undefined : readPage(nextRequest(from, page, nextAfter));
    from = nextAfter;
    yield page;
  }
}

/** Images with a comma in front of each, as they stand in an indented list. */
const indentImages = (json: Buffer, indent: number): Buffer => {
  const images: unknown = JSON.parse(`[${json.toString('utf8', 1)}]`);
  return Buffer.from(`,${JSON.stringify(images, null, indent).slice(1, -2)}`);
};

/** Those who read the same list indented share that work too. */
const shareIndented = (): ((json: Buffer, indent: number) => Buffer) => {
  const known = new WeakMap<Buffer, { readonly indent: number; readonly indented: Buffer }>();
  return (json, indent) => {
    if (indent === 0 || json.length === 0) return json;
    const last = known.get(json);
    if (last?.indent === indent) return last.indented;
    const indented = indentImages(json, indent);
    known.set(json, { indent, indented });
    return indented;
  };
};

/**
 * The images up to that id. No transaction and no connection is held between two pages, so that a reader may be as
 * slow as he likes; what was inserted since the list was asked for may be in it or not.
 */
export const createLongList = (pages: SharedPages, readPage: ReadPage, lastId: string): LongList => {
  const read = Promise.withResolvers<void>();
  const indentedOf = shareIndented();
  let mostBytes = 0;
  return {
    isFarOn: () => mostBytes > farOnBytes,
    untilRead: () => read.promise,
    async *chunks(indent) {
      const stopReading = pages.reading();
      let bytes = 0;
      try {
        for await (const page of eachPage(readPage, lastId)) {
          const json = indentedOf(page.json, indent);
          if (json.length === 0) continue;
          if (bytes === 0) yield Buffer.from('[');
          yield bytes === 0 ? json.subarray(1) : json;
          bytes += json.length;
          mostBytes = Math.max(mostBytes, bytes);
        }
        yield Buffer.from(bytes === 0 ? '[]' : indent === 0 ? ']' : '\n]');
      } finally {
        read.resolve();
        stopReading();
      }
    },
  };
};
