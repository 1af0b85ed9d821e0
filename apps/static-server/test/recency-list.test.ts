import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecencyList } from '../src/recency-list.ts';

type One = { readonly id: number; newer: One | undefined; older: One | undefined };

const orderOf = (list: RecencyList<One>): readonly number[] => {
  const ids: number[] = [];
  for (let one = list.oldest; one; one = one.newer) ids.push(one.id);
  return ids;
};

describe('RecencyList', () => {
  it('has the order of use after any uses and removals', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(5)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (done) => {
        const ones: readonly One[] = [0, 1, 2, 3, 4, 5].map((id) => ({
          id,
          newer: undefined,
          older: undefined,
        }));
        const list = new RecencyList<One>();
        let expected: readonly number[] = [];
        for (const [isUse, id] of done) {
          const one = ones[id] as One;
          if (isUse) list.use(one);
          else list.remove(one);
          expected = [...expected.filter((other) => other !== id), ...(isUse ? [id] : [])];
        }
        expect(orderOf(list)).toEqual(expected);
      }),
    );
  });
});
