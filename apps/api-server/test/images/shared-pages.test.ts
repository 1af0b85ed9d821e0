import { describe, expect, it } from '@jest/globals';
import type { ImageStore, JsonPage, JsonPageRequest } from '../../src/images/image-store.ts';
import { createSharedPages, maxKeptBytes } from '../../src/images/shared-pages.ts';

/** A store whose pages have so many bytes, and that counts what it is asked. */
const scripted = (bytes = 10) => {
  const asked: (string | undefined)[] = [];
  let failing = false;
  const listPageJson = async ({ after }: { after: string | undefined }): Promise<JsonPage> => {
    asked.push(after);
    if (failing) throw new Error('gone');
    return { json: Buffer.alloc(bytes), rows: 1, nextAfter: String(Number(after ?? 0) + 1) };
  };
  const pages = createSharedPages({ listPageJson } as unknown as ImageStore);
  return { asked, pages, stop: pages.reading(), fail: (now: boolean) => (failing = now) };
};

const page = (after: string): JsonPageRequest => ({ after, limit: 1, dense: false });

describe('createSharedPages', () => {
  it('asks once for a page that several read', async () => {
    const { asked, pages } = scripted();
    const read = pages.since();
    const [one, two] = await Promise.all([read(page('5')), read(page('5'))]);
    expect(await read(page('5'))).toBe(one);
    expect(two).toBe(one);
    expect(asked).toEqual(['5']);
  });

  it('never gives a page that was asked for before its reader came', async () => {
    const { asked, pages } = scripted();
    const early = pages.since();
    const old = early(page('5'));
    const late = pages.since();
    const fresh = late(page('5'));
    expect(await fresh).not.toBe(await old);
    expect(asked).toEqual(['5', '5']);
  });

  it('gives a reader who came later what others have read since, and the other way round', async () => {
    const { asked, pages } = scripted();
    const early = pages.since();
    await early(page('1'));
    const late = pages.since();
    const shared = early(page('2'));
    expect(await late(page('2'))).toBe(await shared);
    const fresh = late(page('1'));
    expect(await early(page('1'))).toBe(await fresh);
    expect(asked).toEqual(['1', '2', '1']);
  });

  it('keeps so many bytes at most, and forgets the oldest first', async () => {
    const { asked, pages } = scripted(maxKeptBytes / 4);
    const read = pages.since();
    for (const after of ['1', '2', '3', '4', '5']) await read(page(after));
    for (const after of ['5', '4', '3', '2']) await read(page(after));
    expect(asked).toHaveLength(5);
    await read(page('1'));
    expect(asked).toHaveLength(6);
  });

  it('keeps nothing of a page that is larger than all it may keep', async () => {
    const { asked, pages } = scripted(maxKeptBytes + 1);
    const read = pages.since();
    await read(page('1'));
    await read(page('1'));
    expect(asked).toEqual(['1', '1']);
  });

  it('asks again for a page that could not be read', async () => {
    const { asked, pages, fail } = scripted();
    const read = pages.since();
    fail(true);
    await expect(Promise.all([read(page('1')), read(page('1'))])).rejects.toThrow('gone');
    expect(asked).toEqual(['1']);
    fail(false);
    await expect(read(page('1'))).resolves.toMatchObject({ nextAfter: '2' });
  });

  it('forgets all when the last reader has ended', async () => {
    const { asked, pages, stop } = scripted();
    const read = pages.since();
    const stopOther = pages.reading();
    await read(page('1'));
    stop();
    await read(page('1'));
    expect(asked).toHaveLength(1);
    stopOther();
    await read(page('1'));
    expect(asked).toHaveLength(2);
  });

  it('keeps nothing when nobody reads, nor what was on its way when the last one ended', async () => {
    const { asked, pages, stop } = scripted();
    const read = pages.since();
    const late = read(page('1'));
    stop();
    await late;
    for (const after of ['1', '2', '2']) await read(page(after));
    expect(asked).toEqual(['1', '1', '2', '2']);
  });
});
