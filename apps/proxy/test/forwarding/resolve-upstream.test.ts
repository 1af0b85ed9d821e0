import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { createUpstreamLookup } from '../../src/forwarding/resolve-upstream.ts';

type Found = string | LookupAddress[];

const find = (lookup: ReturnType<typeof createUpstreamLookup>, name: string, all: boolean): Promise<Found> =>
  new Promise((resolve, reject) => {
    lookup(name, { all }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses);
    });
  });

describe('createUpstreamLookup', () => {
  it('returns all addresses of a name, or the first one', async () => {
    const lookup = createUpstreamLookup(createFakeClock());
    const all = (await find(lookup, 'localhost', true)) as LookupAddress[];
    expect(all.map(({ address }) => address)).toContain('127.0.0.1');
    expect(await find(lookup, 'localhost', false)).toBe(all[0]?.address);
  });

  it('returns cached addresses for 5 s, without waiting', async () => {
    const clock = createFakeClock();
    const lookup = createUpstreamLookup(clock);
    const isKnown = (): boolean => {
      let answered = false;
      lookup('localhost', { all: true }, () => {
        answered = true;
      });
      return answered;
    };
    expect(isKnown()).toBe(false);
    await find(lookup, 'localhost', true);
    clock.advance(4_999);
    expect(isKnown()).toBe(true);
    clock.advance(1);
    expect(isKnown()).toBe(false);
  });

  it('caches no failure', async () => {
    const lookup = createUpstreamLookup(createFakeClock());
    await expect(find(lookup, 'nowhere.invalid', true)).rejects.toThrow();
    await expect(find(lookup, 'nowhere.invalid', true)).rejects.toThrow();
  });
});
