import { describe, expect, it } from '@jest/globals';
import type { JsonPage } from '../../../src/resource/list/page.ts';
import { createWholeList, type ListSource } from '../../../src/resource/list/whole-list.ts';
import type { Answer } from '../../../src/resource/operation.ts';

type Asked = Parameters<ListSource['readPage']>[0];

/** A list of `count` numbers, each a JSON string of `rowBytes` bytes. */
const listOf = (count: number, rowBytes: number) => {
  const asked: Asked[] = [];
  let failsAt = Number.POSITIVE_INFINITY;
  const itemOf = (id: number): string => JSON.stringify(String(id).padEnd(rowBytes - 2));
  const readPage = async (page: Asked): Promise<JsonPage> => {
    asked.push(page);
    if (asked.length === failsAt) throw new Error('the database went away');
    const first = Number(page.after ?? 0) + 1;
    const end = Math.min(Number(page.upTo ?? count), first + page.limit - 1);
    const ids = Array.from({ length: Math.max(0, end - first + 1) }, (_, at) => first + at);
    return {
      json: ids.map(itemOf).join(','),
      rows: ids.length,
      nextAfter: end < Number(page.upTo ?? count) ? String(end) : undefined,
    };
  };
  return {
    answer: createWholeList({ readPage, findLastId: async () => String(count) }),
    asked,
    failAt: (page: number) => {
      failsAt = page;
    },
    expected: (indent: number) =>
      JSON.stringify(
        Array.from({ length: count }, (_, at) => JSON.parse(itemOf(at + 1)) as string),
        null,
        indent,
      ),
  };
};

const chunksOf = (answer: Answer): AsyncIterable<string | Uint8Array> => {
  if (!('stream' in answer)) throw new Error('the list is not streamed');
  return answer.stream;
};
const textOf = async (answer: Answer): Promise<string> => {
  if ('tagged' in answer) return answer.tagged.body;
  let text = '';
  for await (const chunk of chunksOf(answer)) text += String(chunk);
  return text;
};

describe('createWholeList', () => {
  it.each([
    ['an empty list', 0, 100, 'tagged'],
    ['one page', 1000, 100, 'tagged'],
    ['several pages', 5000, 100, 'tagged'],
    ['over 1 MiB', 20_000, 100, 'stream'],
    ['rows of different pages than the first ones', 1100, 11_000, 'stream'],
  ])('answers %s as JSON.stringify would, compact and indented', async (_what, count, bytes, kind) => {
    for (const indent of [0, 2]) {
      const list = listOf(count, bytes);
      const answer = await list.answer(indent);
      expect(Object.keys(answer)).toEqual([kind]);
      expect((await textOf(answer)) === list.expected(indent)).toBe(true);
    }
  });

  it('has the same representation for a list that has not changed', async () => {
    const { answer } = listOf(10, 100);
    const [first, second] = [await answer(0), await answer(0)];
    expect('tagged' in first && 'tagged' in second && first.tagged === second.tagged).toBe(true);
  });

  it('shares the reading among requests that arrive together', async () => {
    const list = listOf(20_000, 100);
    const answers = await Promise.all([list.answer(0), list.answer(2), list.answer(0)]);
    expect(list.asked.filter(({ after }) => after === undefined)).toHaveLength(1);
    for (const answer of answers) expect(JSON.parse(await textOf(answer))).toHaveLength(20_000);
  });

  it('adapts the size of pages to the size of rows', async () => {
    const long = listOf(1100, 11_000);
    await textOf(await long.answer(0));
    expect(long.asked.slice(1).every(({ limit }) => limit === 10)).toBe(true);
    const short = listOf(100_000, 20);
    await textOf(await short.answer(0));
    expect(Math.max(...short.asked.map(({ limit }) => limit))).toBe(2000);
  });

  it('reads at most one page ahead of the client, and none after the client has left', async () => {
    const { answer, asked } = listOf(100_000, 100);
    const chunks = chunksOf(await answer(0))[Symbol.asyncIterator]();
    const before = asked.length;
    await chunks.next();
    expect(asked.length).toBe(before + 1);
    await chunks.return?.();
    expect(asked.length).toBe(before + 1);
  });

  it('reads nothing more for a stream that is never begun, as after HEAD', async () => {
    const { answer, asked } = listOf(100_000, 100);
    chunksOf(await answer(0));
    const before = asked.length;
    await new Promise(setImmediate);
    expect(asked.length).toBe(before);
  });

  it('fails when its beginning cannot be read, and reads it again for the next request', async () => {
    const { answer, failAt } = listOf(20_000, 100);
    failAt(3);
    await expect(answer(0)).rejects.toThrow('the database went away');
    expect(Object.keys(await answer(0))).toEqual(['stream']);
  });

  it('throws in the middle of the stream when a later page cannot be read', async () => {
    const { answer, failAt } = listOf(20_000, 100);
    failAt(15);
    await expect(textOf(await answer(0))).rejects.toThrow('the database went away');
  });
});
