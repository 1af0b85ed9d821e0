import { createCoalescedRead } from '@tripod/database/coalesced-read';
import type { Clock } from '@tripod/shared/process/clock';
import { pause } from '@tripod/shared/process/pause';
import { type TaggedRepresentation, taggedRepresentationOf } from '../http/representation.ts';
import type { Image } from './image.ts';
import type { ImageStore } from './image-store.ts';
import { createLongList, type LongList, pageRows } from './long-list.ts';

/** The list as it stood at one moment after it was asked for: shared by all who asked together. */
export type ImageList =
  | { readonly kind: 'whole'; json(indent: number): TaggedRepresentation }
  /** Over 1 MiB: has everything that was confirmed before it was asked for. */
  | ({ readonly kind: 'long' } & LongList);

const maxWholeBytes = 1_048_576;
/** More rows than that are over 1 MiB, whatever is in them: the shortest has 36 characters. */
const mostRowsOfWhole = 29_128;
/** So long those who ask for a long list wait for one that is being read: side by side they share its pages. */
const maxAlignMs = 500;

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
  let bytes = Buffer.byteLength(JSON.stringify(first.images));
  for (let after: string | undefined = first.nextAfter; after !== undefined; ) {
    if (bytes > maxWholeBytes) return undefined;
    const page = await images.listPageText({ limit: pageRows, after });
    bytes += Buffer.byteLength(page.text);
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
export const createImageList = (images: ImageStore, clock: Clock): (() => Promise<ImageList>) => {
  const remember = rememberLast();
  let last: LongList | undefined;
  const untilAligned = async (): Promise<void> => {
    if (last === undefined) return;
    // Those who got it have yet to begin.
    await new Promise((resolve) => void setImmediate(resolve));
    await Promise.race([last.untilRead(), pause(clock, maxAlignMs)]);
    last = undefined;
  };
  return createCoalescedRead(async () => {
    await untilAligned();
    const whole = await readWhole(images);
    if (whole !== undefined) return wholeList(whole, remember);
    last = createLongList(images, (await images.lastId()) ?? '0');
    return { kind: 'long', ...last };
  });
};
