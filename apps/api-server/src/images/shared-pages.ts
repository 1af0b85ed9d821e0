import type { ImageStore, JsonPage } from './image-store.ts';

/** Reads one page: that of so many images which follow this id. */
export type ReadPage = (after: string | undefined, limit: number) => Promise<JsonPage>;

export type SharedPages = {
  /** Pages of which each is read after this call, by whomever: what was confirmed before is in them. */
  since(): ReadPage;
  /** While someone reads, and only then, pages that were read a moment ago are kept. Returns the way to stop. */
  reading(): () => void;
};

/** `ordinal` counts what was read; `bytes` is 0 until the page has come. */
type KeptPage = { readonly ordinal: number; readonly page: Promise<JsonPage>; bytes: number };

/** So much is kept for readers who are a little behind. */
export const maxKeptBytes = 4_194_304;

/**
 * Lets readers of a long list who are near each other share its pages: each page is asked for once, and kept for a
 * while. A reader who began later takes those that were read since, and so comes up with the others.
 */
export const createSharedPages = (images: ImageStore): SharedPages => {
  const kept = new Map<string | undefined, KeptPage>();
  let keptBytes = 0;
  let reads = 0;
  let readers = 0;

  const drop = (after: string | undefined): void => {
    keptBytes -= kept.get(after)?.bytes ?? 0;
    kept.delete(after);
  };
  const measure = (after: string | undefined, mine: KeptPage, { json }: JsonPage): void => {
    if (kept.get(after) !== mine) return;
    mine.bytes = json.length;
    keptBytes += json.length;
    for (const oldest of kept.keys()) {
      if (keptBytes <= maxKeptBytes) break;
      drop(oldest);
    }
  };
  const read: ReadPage = (after, limit) => {
    drop(after);
    reads += 1;
    const mine: KeptPage = { ordinal: reads, page: images.listPageJson({ limit, after }), bytes: 0 };
    if (readers > 0) kept.set(after, mine);
    // Read ahead, it may fail before anyone waits for it.
    mine.page.then(
      (page) => measure(after, mine, page),
      () => {
        if (kept.get(after) === mine) drop(after);
      },
    );
    return mine.page;
  };
  return {
    since: () => {
      const asked = reads;
      return (after, limit) => {
        const known = kept.get(after);
        return known !== undefined && known.ordinal > asked ? known.page : read(after, limit);
      };
    },
    reading: () => {
      readers += 1;
      return () => {
        readers -= 1;
        if (readers > 0) return;
        kept.clear();
        keptBytes = 0;
      };
    },
  };
};
