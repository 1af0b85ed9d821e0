import type { ImageStore, JsonPage, JsonPageRequest } from './image-store.ts';

export type ReadPage = (page: JsonPageRequest) => Promise<JsonPage>;

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
  const read: ReadPage = (page) => {
    const { after } = page;
    drop(after);
    reads += 1;
    const mine: KeptPage = { ordinal: reads, page: images.listPageJson(page), bytes: 0 };
    if (readers > 0) kept.set(after, mine);
    // Read ahead, it may fail before anyone waits for it.
    mine.page.then(
      (found) => measure(after, mine, found),
      () => {
        if (kept.get(after) === mine) drop(after);
      },
    );
    return mine.page;
  };
  return {
    since: () => {
      const asked = reads;
      return (page) => {
        const known = kept.get(page.after);
        return known !== undefined && known.ordinal > asked ? known.page : read(page);
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
