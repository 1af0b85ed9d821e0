import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LruList } from '../../src/memory/lru-list.ts';

type Entry = { readonly id: number; newer: Entry | undefined; older: Entry | undefined };

const orderOf = (list: LruList<Entry>): readonly number[] => {
  const ids: number[] = [];
  for (let entry = list.oldest; entry; entry = entry.newer) ids.push(entry.id);
  return ids;
};

describe('LruList', () => {
  it('keeps the entries in the order of their last use, whatever was used and removed', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(5)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (done) => {
        const entries: readonly Entry[] = [0, 1, 2, 3, 4, 5].map((id) => ({
          id,
          newer: undefined,
          older: undefined,
        }));
        const list = new LruList<Entry>();
        let expected: readonly number[] = [];
        for (const [isUse, id] of done) {
          const entry = entries[id] as Entry;
          if (isUse) list.use(entry);
          else list.remove(entry);
          expected = [...expected.filter((other) => other !== id), ...(isUse ? [id] : [])];
        }
        expect(orderOf(list)).toEqual(expected);
      }),
    );
  });
});
