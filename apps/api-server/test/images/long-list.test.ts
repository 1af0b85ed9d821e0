import { describe, expect, it } from '@jest/globals';
import type { JsonPage, JsonPageRequest } from '../../src/images/image-store.ts';
import { eachPage } from '../../src/images/long-list.ts';

const first = -(2n ** 63n);

/** Reads of a table with those ids, of so many bytes each, as the store does it. */
const tableOf = (ids: readonly bigint[], rowBytes = 120) => {
  const asked: JsonPageRequest[] = [];
  const readPage = async (page: JsonPageRequest): Promise<JsonPage> => {
    asked.push(page);
    const after = BigInt(page.after ?? first);
    const end = after + BigInt(page.limit);
    const following = ids.filter((id) => id > after && (!page.dense || id <= end)).slice(0, page.limit);
    const last = following.length < page.limit ? undefined : String(following.at(-1));
    return {
      json: Buffer.from(
        following
          .map((id) =>
            String(id)
              .padStart(rowBytes - 1)
              .concat(','),
          )
          .join(''),
      ),
      rows: following.length,
      nextAfter: page.dense ? String(end) : last,
    };
  };
  return { asked, readPage };
};
const range = (from: number, count: number, step = 1): bigint[] =>
  Array.from({ length: count }, (_, index) => BigInt(from + index * step));

const readAll = async (readPage: (page: JsonPageRequest) => Promise<JsonPage>, lastId?: string) => {
  const found: bigint[] = [];
  for await (const { json } of eachPage(readPage, lastId)) {
    found.push(...json.toString().split(',').slice(0, -1).map(BigInt));
  }
  return found;
};

describe('eachPage', () => {
  it.each<[string, readonly bigint[]]>([
    ['no ids', []],
    ['fewer than a page', range(1, 10)],
    ['just a page', range(1, 1000)],
    ['no gaps', range(1, 12_345)],
    ['every second id', range(1, 9000, 2)],
    ['every hundredth id', range(1, 9000, 100)],
    ['a gap of a page', [...range(1, 5000), ...range(9000, 5000)]],
    ['gaps that are far wider', [...range(-50_000, 5000), ...range(10 ** 9, 5000), ...range(10 ** 15, 10)]],
    ['a few ids among many that are missing', [...range(1, 4000), ...range(4500, 20, 300), 2n ** 63n - 1n]],
  ])('reads each image once and in order, of ids with %s', async (_, ids) => {
    await expect(readAll(tableOf(ids).readPage)).resolves.toEqual(ids);
    const lastId = String(ids.at(-1) ?? 0);
    await expect(readAll(tableOf(ids).readPage, lastId)).resolves.toEqual(ids);
  });

  it('reads by ranges once it has seen that few ids are missing, and of twice as many bytes', async () => {
    const { asked, readPage } = tableOf(range(1, 10_000));
    await readAll(readPage, '10000');
    expect(asked).toEqual([
      { after: undefined, limit: 1000, dense: false },
      { after: '1000', limit: 1000, dense: false },
      ...[2000, 4000, 6000, 8000].map((after) => ({ after: String(after), limit: 2000, dense: true })),
    ]);
  });

  it('counts rows again where most ids are missing, so that no gap is walked through', async () => {
    const { asked, readPage } = tableOf([...range(1, 4000), ...range(10 ** 12, 4000)]);
    await readAll(readPage, String(10 ** 12 + 3999));
    expect(asked.map(({ dense }) => dense)).toEqual([false, false, true, true, false, false, true]);
  });

  it('asks for no more rows than 2000, and for one at least', async () => {
    const short = tableOf(range(1, 20_000), 40);
    await readAll(short.readPage);
    expect(Math.max(...short.asked.map(({ limit }) => limit))).toBe(2000);
    const long = tableOf(range(1, 1003), 300_000);
    await readAll(long.readPage, '1003');
    expect(long.asked.map(({ limit }) => limit)).toEqual([1000, 1, 1, 1]);
  });
});
