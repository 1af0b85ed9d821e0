import type { Clock } from '@tripod/shared/async/clock';
import { createCoalescedRead } from '@tripod/shared/async/coalesced-read';
import { pause } from '@tripod/shared/async/pause';
import { type TaggedRepresentation, taggedRepresentationOf } from '../http/representation.ts';
import type { Image } from './image.ts';
import type { ImageStore } from './image-store.ts';
import { createLongList, eachPage, type LongList, pageRows } from './long-list.ts';
import type { ReadPage, SharedPages } from './shared-pages.ts';

/** The list as it stood at one moment after it was asked for: shared by all who asked together. */
export type ImageList =
  | { readonly kind: 'whole'; json(indent: number): TaggedRepresentation }
  /** Over 1 MiB: has everything that was confirmed before it was asked for. */
  | ({ readonly kind: 'long' } & Pick<LongList, 'chunks'>);

const maxWholeBytes = 1_048_576;
/** More rows than that are over 1 MiB, whatever is in them: the shortest has 36 characters. */
const mostRowsOfWhole = 29_128;
/** So long those who ask for a long list wait at most for one that is far on: side by side they share its pages. */
const maxAlignMs = 500;

type Whole = { readonly images: readonly Image[]; readonly text: string };

const wholeOf = (images: readonly Image[]): Whole | undefined => {
  const text = JSON.stringify(images);
  return Buffer.byteLength(text) > maxWholeBytes ? undefined : { images, text };
};

/** Reads pages until they are over 1 MiB or all of them. */
const isLong = async (readPage: ReadPage): Promise<boolean> => {
  let bytes = '[]'.length - ','.length;
  for await (const { json } of eachPage(readPage, undefined)) {
    bytes += json.length;
    if (bytes > maxWholeBytes) return true;
  }
  return false;
};

/** One statement sees all of the list at one moment. Undefined when that is more than so many rows, or over 1 MiB. */
const findWhole = async (images: ImageStore, limit: number): Promise<Whole | undefined> => {
  const page = await images.listPage({ limit, after: undefined });
  return page.nextAfter === undefined ? wholeOf(page.images) : undefined;
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
export const createImageList = (
  images: ImageStore,
  pages: SharedPages,
  clock: Clock,
): (() => Promise<ImageList>) => {
  const remember = rememberLast();
  let last: LongList | undefined;
  const untilAligned = async (list: LongList): Promise<void> => {
    if (list.isFarOn()) await Promise.race([list.untilRead(), pause(clock, maxAlignMs)]);
  };
  const readByPages = async (): Promise<ImageList> => {
    const readPage = pages.since();
    // Pages are not of the same moment, but a list over 1 MiB is told by them, and begins with them.
    const whole = (await isLong(readPage)) ? undefined : await findWhole(images, mostRowsOfWhole);
    if (whole !== undefined) {
      last = undefined;
      return wholeList(whole, remember);
    }
    last = createLongList(pages, readPage, (await images.lastId()) ?? '0');
    return { kind: 'long', chunks: last.chunks };
  };
  return createCoalescedRead(async () => {
    if (last === undefined) {
      const whole = await findWhole(images, pageRows);
      if (whole !== undefined) return wholeList(whole, remember);
    } else await untilAligned(last);
    const stopReading = pages.reading();
    try {
      return await readByPages();
    } finally {
      // Whoever reads on begins in this turn of the event loop; for a HEAD, or who has left, nothing need be kept.
      setImmediate(stopReading);
    }
  });
};
