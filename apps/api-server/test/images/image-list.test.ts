import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createImageList, type ImageList } from '../../src/images/image-list.ts';
import type { ImagePage, ImageStore, JsonPage } from '../../src/images/image-store.ts';
import { createSharedPages } from '../../src/images/shared-pages.ts';

const image = { title: 'Cat', alt_text: 'A cat', url: '/cat' };

/** A list of so many pages of so many bytes each, and of more rows than one page has. */
const listOf = ({ pages, bytes }: { readonly pages: number; readonly bytes: number }) => {
  let asked = 0;
  let failsAt = Number.POSITIVE_INFINITY;
  const listPageJson = async ({ after = '0' }: { readonly after: string | undefined }): Promise<JsonPage> => {
    asked += 1;
    if (asked === failsAt) throw new Error('gone');
    const next = Number(after) + 1;
    return { json: Buffer.alloc(bytes, ' '), rows: 1000, nextAfter: next < pages ? String(next) : undefined };
  };
  const listPage = async ({ limit }: { readonly limit: number }): Promise<ImagePage> => ({
    images: [image],
    nextAfter: limit > 1000 ? undefined : '1000',
  });
  const lastId = async (): Promise<string> => String(pages);
  const store = { listPage, listPageJson, lastId } as unknown as ImageStore;
  const shared = createSharedPages(store);
  const readPage = shared.since();
  return {
    read: createImageList(store, shared, createFakeClock()),
    asked: () => asked,
    failAt: (page: number) => {
      failsAt = page;
    },
    /** Whether a reader would have to ask for the first page again, while all who read now go on. */
    keepsNothing: async (): Promise<boolean> => {
      const before = asked;
      await readPage({ after: undefined, limit: 1000, dense: false });
      return asked > before;
    },
  };
};
const long = { pages: 20, bytes: 131_072 };
const chunksOf = (list: ImageList): AsyncIterable<Uint8Array> => {
  if (list.kind !== 'long') throw new Error('the list is whole');
  return list.chunks(0);
};

describe('createImageList', () => {
  it('keeps no page of a list that is whole after all', async () => {
    const { read, keepsNothing } = listOf({ pages: 3, bytes: 1000 });
    expect((await read()).kind).toBe('whole');
    await setImmediate();
    await expect(keepsNothing()).resolves.toBe(true);
  });

  it('keeps no page of a long list that nobody reads, as after HEAD', async () => {
    const { read, keepsNothing } = listOf(long);
    chunksOf(await read());
    await setImmediate();
    await expect(keepsNothing()).resolves.toBe(true);
  });

  it('keeps no page when the list could not be read', async () => {
    const { read, failAt, keepsNothing } = listOf(long);
    failAt(3);
    await expect(read()).rejects.toThrow('gone');
    await setImmediate();
    await expect(keepsNothing()).resolves.toBe(true);
  });

  it('keeps pages for a reader, and none once he has left', async () => {
    const { read, keepsNothing } = listOf(long);
    const chunks = chunksOf(await read())[Symbol.asyncIterator]();
    await chunks.next();
    await setImmediate();
    await expect(keepsNothing()).resolves.toBe(false);
    await chunks.return?.();
    await expect(keepsNothing()).resolves.toBe(true);
  });

  it('asks once for the pages that tell that a list is long, and that it begins with', async () => {
    const { read, asked } = listOf(long);
    for await (const _piece of chunksOf(await read()));
    expect(asked()).toBe(long.pages);
  });
});
