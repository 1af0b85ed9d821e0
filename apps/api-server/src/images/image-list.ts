import { createCoalescedRead } from '@tripod/database/coalesced-read';
import { type TaggedRepresentation, taggedRepresentationOf } from '../http/representation.ts';
import type { Image } from './image.ts';
import type { ImageStore } from './image-store.ts';

/** The list as it stood at one moment after it was asked for: shared by all who asked together. */
export type ImageList =
  | { readonly kind: 'whole'; json(indent: number): TaggedRepresentation }
  /** Over 1 MiB. Has everything that was confirmed before it was asked for; read page by page while it is sent. */
  | { readonly kind: 'long'; chunks(indent: number): AsyncIterable<string> };

const maxWholeBytes = 1_048_576;
/** Rows of one statement: some 300 KB as a rule, and 22 MB when all texts are as long as they may be. */
const pageRows = 2000;
/** More rows than that are over 1 MiB, whatever is in them: the shortest has 36 characters. */
const mostRowsOfWhole = 29_128;

type Page = { readonly text: string; readonly nextAfter: string | undefined };

/** The inside of a list's JSON text, so that several make one list. */
const insideOf = (images: readonly Image[], indent: number): string =>
  JSON.stringify(images, null, indent).slice(1, indent === 0 ? -1 : -2);

/** Those who read the same list go side by side as a rule: each page is asked for once, and kept until the next. */
const sharePages = (read: (after: string | undefined) => Promise<Page>) => {
  let last: { readonly after: string | undefined; readonly page: Promise<Page> } | undefined;
  return (after: string | undefined): Promise<Page> => {
    if (last === undefined || last.after !== after) last = { after, page: read(after) };
    return last.page;
  };
};

const longList = (images: ImageStore, lastId: string): ImageList => {
  const readPage = async (after: string | undefined, indent: number): Promise<Page> => {
    const page = await images.listPage({ limit: pageRows, after });
    // What was inserted since: else a slow reader of a growing list would never come to its end.
    const isOver = page.nextAfter === undefined || BigInt(page.nextAfter) >= BigInt(lastId);
    return { text: insideOf(page.images, indent), nextAfter: isOver ? undefined : page.nextAfter };
  };
  const byIndent = new Map<number, (after: string | undefined) => Promise<Page>>();
  return {
    kind: 'long',
    async *chunks(indent) {
      const known = byIndent.get(indent);
      const next = known ?? sharePages((after) => readPage(after, indent));
      if (known === undefined) byIndent.set(indent, next);
      let after: string | undefined;
      let separator = '[';
      do {
        const { text, nextAfter } = await next(after);
        if (text !== '') {
          yield separator + text;
          separator = ',';
        }
        after = nextAfter;
      } while (after !== undefined);
      yield separator === '[' ? '[]' : indent === 0 ? ']' : '\n]';
    },
  };
};

type Whole = { readonly images: readonly Image[]; readonly text: string };

const wholeOf = (images: readonly Image[]): Whole | undefined => {
  const text = JSON.stringify(images);
  return Buffer.byteLength(text) > maxWholeBytes ? undefined : { images, text };
};

/**
 * Reads the list, and gives it back when it is whole. One statement sees all of a short one; one of more than
 * `pageRows` rows is read page by page to learn whether it is over 1 MiB, and read again in one statement when it is
 * not: pages are not of the same moment.
 */
const readWhole = async (images: ImageStore): Promise<Whole | undefined> => {
  const first = await images.listPage({ limit: pageRows, after: undefined });
  if (first.nextAfter === undefined) return wholeOf(first.images);
  let bytes = Buffer.byteLength(insideOf(first.images, 0));
  for (let after: string | undefined = first.nextAfter; after !== undefined; ) {
    if (bytes > maxWholeBytes) return undefined;
    const page = await images.listPage({ limit: pageRows, after });
    bytes += Buffer.byteLength(insideOf(page.images, 0)) + 1;
    after = page.nextAfter;
  }
  const all = await images.listPage({ limit: mostRowsOfWhole, after: undefined });
  return all.nextAfter === undefined ? wholeOf(all.images) : undefined;
};

const wholeList = (
  { images, text }: Whole,
  remember: (indent: number, body: string) => TaggedRepresentation,
): ImageList => {
  const known = new Map<number, TaggedRepresentation>();
  return {
    kind: 'whole',
    json(indent) {
      const json =
        known.get(indent) ?? remember(indent, indent === 0 ? text : JSON.stringify(images, null, indent));
      known.set(indent, json);
      return json;
    },
  };
};

/** The tag is a matter of the text, and the text is most often the one of the time before. */
const rememberLast = () => {
  const last = new Map<number, TaggedRepresentation>();
  return (indent: number, body: string): TaggedRepresentation => {
    const known = last.get(indent);
    if (known?.body === body) return known;
    const made = taggedRepresentationOf(body);
    last.set(indent, made);
    return made;
  };
};

/** The whole list, coalesced: those who ask while it is being read share the next reading. */
export const createImageList = (images: ImageStore): (() => Promise<ImageList>) => {
  const remember = rememberLast();
  return createCoalescedRead(async () => {
    const whole = await readWhole(images);
    if (whole !== undefined) return wholeList(whole, remember);
    return longList(images, (await images.lastId()) ?? '0');
  });
};
