import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteArena } from '../src/byte-arena.ts';

describe('ByteArena', () => {
  it('never gives the same byte to two, and has all of it back in the end', () => {
    const sizes = fc.oneof(fc.nat(2000), fc.integer({ min: 262_144, max: 400_000 }));
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), sizes, fc.nat()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (done) => {
        const arena = new ByteArena(1_048_576);
        const taken: { readonly bytes: Buffer; readonly mark: number }[] = [];
        const isIntact = ({ bytes, mark }: { bytes: Buffer; mark: number }): boolean =>
          bytes.equals(Buffer.alloc(bytes.length, mark));
        for (const [what, size, which] of done) {
          if (what > 0) {
            const bytes = arena.take(size);
            const mark = (taken.length * 31 + size) % 251;
            if (bytes) taken.push({ bytes: bytes.fill(mark), mark });
          } else {
            const [one] = taken.splice(which % Math.max(1, taken.length), 1);
            if (one) arena.giveBack(one.bytes);
          }
        }
        expect(taken.every(isIntact)).toBe(true);
        for (const { bytes } of taken) arena.giveBack(bytes);
        expect(arena.take(1_048_576)).toHaveLength(1_048_576);
      }),
    );
  });

  it('says when there is no piece of that size', () => {
    const arena = new ByteArena(1024);
    expect(arena.take(1025)).toBeUndefined();
    const first = arena.take(512);
    expect(arena.take(513)).toBeUndefined();
    expect(arena.take(512)).toHaveLength(512);
    expect(arena.take(1)).toBeUndefined();
    if (first) arena.giveBack(first);
    expect(arena.take(512)).toHaveLength(512);
  });

  it.each([0, 100, 255])('of %d bytes has nothing to give but nothing', (bytes) => {
    const arena = new ByteArena(bytes);
    expect(arena.take(1)).toBeUndefined();
  });
});
