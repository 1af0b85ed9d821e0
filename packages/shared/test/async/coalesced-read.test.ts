import { describe, expect, it } from '@jest/globals';
import { createCoalescedRead } from '../../src/async/coalesced-read.ts';

/** A read that ends when the test says so. */
const scripted = () => {
  const begun: PromiseWithResolvers<string>[] = [];
  const ask = createCoalescedRead(() => {
    const read = Promise.withResolvers<string>();
    begun.push(read);
    return read.promise;
  });
  const end = (index: number, text: string): void => begun[index]?.resolve(text);
  return { ask, begun, end };
};
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('createCoalescedRead', () => {
  it('shares one read among all calls of the same turn', async () => {
    const { ask, begun, end } = scripted();
    const asked = [ask(), ask(), ask()];
    await nextTurn();
    end(0, 'first');
    await expect(Promise.all(asked)).resolves.toEqual(['first', 'first', 'first']);
    expect(begun).toHaveLength(1);
  });

  it('lets a call during a read share the next read, never the running one', async () => {
    const { ask, begun, end } = scripted();
    const early = ask();
    await nextTurn();
    const late = [ask(), ask()];
    await nextTurn();
    expect(begun).toHaveLength(1);
    end(0, 'before the write');
    await expect(early).resolves.toBe('before the write');
    await nextTurn();
    end(1, 'after the write');
    await expect(Promise.all(late)).resolves.toEqual(['after the write', 'after the write']);
    expect(begun).toHaveLength(2);
  });

  it('reads again for each later call', async () => {
    const { ask, end } = scripted();
    for (const index of [0, 1, 2]) {
      const asked = ask();
      await nextTurn();
      end(index, `read ${index}`);
      await expect(asked).resolves.toBe(`read ${index}`);
    }
  });

  it('rejects only the calls that share the failed read', async () => {
    const { ask, begun, end } = scripted();
    const failing = [ask(), ask()];
    await nextTurn();
    const later = ask();
    begun[0]?.reject(new Error('gone'));
    for (const one of failing) await expect(one).rejects.toThrow('gone');
    await nextTurn();
    end(1, 'back');
    await expect(later).resolves.toBe('back');
  });

  it('treats a synchronous throw as a failed read', async () => {
    const ask = createCoalescedRead(() => {
      throw new Error('at once');
    });
    await expect(ask()).rejects.toThrow('at once');
    await expect(ask()).rejects.toThrow('at once');
  });
});
