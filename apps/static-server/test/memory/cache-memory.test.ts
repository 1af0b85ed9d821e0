import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BlockAllocator, CacheMemory, representationBytes } from '../../src/memory/cache-memory.ts';

describe('BlockAllocator', () => {
  it('never allocates a byte twice, and can allocate everything again after all blocks were freed', () => {
    const sizes = fc.oneof(fc.nat(2000), fc.integer({ min: 262_144, max: 400_000 }));
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), sizes, fc.nat()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (done) => {
        const allocator = new BlockAllocator(1_048_576);
        const allocated: { readonly bytes: Buffer; readonly mark: number }[] = [];
        const isIntact = ({ bytes, mark }: { bytes: Buffer; mark: number }): boolean =>
          bytes.equals(Buffer.alloc(bytes.length, mark));
        for (const [what, size, which] of done) {
          if (what > 0) {
            const bytes = allocator.allocate(size);
            const mark = (allocated.length * 31 + size) % 251;
            if (bytes) allocated.push({ bytes: bytes.fill(mark), mark });
          } else {
            const [one] = allocated.splice(which % Math.max(1, allocated.length), 1);
            if (one) allocator.free(one.bytes);
          }
        }
        expect(allocated.every(isIntact)).toBe(true);
        for (const { bytes } of allocated) allocator.free(bytes);
        expect(allocator.allocate(1_048_576)).toHaveLength(1_048_576);
      }),
    );
  });

  it('returns undefined when no free block is large enough', () => {
    const allocator = new BlockAllocator(1024);
    expect(allocator.allocate(1025)).toBeUndefined();
    const first = allocator.allocate(512);
    expect(allocator.allocate(513)).toBeUndefined();
    expect(allocator.allocate(512)).toHaveLength(512);
    expect(allocator.allocate(1)).toBeUndefined();
    if (first) allocator.free(first);
    expect(allocator.allocate(512)).toHaveLength(512);
  });

  it.each([0, 100, 255])(
    'allocates nothing from a buffer of %d bytes, which is less than a granule',
    (bytes) => {
      const allocator = new BlockAllocator(bytes);
      expect(allocator.allocate(1)).toBeUndefined();
    },
  );
});

describe('CacheMemory', () => {
  it('counts allocated bytes and their headers until they are freed', () => {
    const memory = new CacheMemory(100_000);
    const one = memory.allocate(5000);
    const other = memory.allocate(300);
    expect(memory.usedBytes).toBe(representationBytes(5000) + representationBytes(300));
    for (const bytes of [one, other]) if (bytes) memory.free(bytes);
    expect(memory.usedBytes).toBe(0);
  });

  it('allocates nothing beyond its limit, although the buffer has room', () => {
    const memory = new CacheMemory(10_000);
    const allocated = Array.from({ length: 10 }, () => memory.allocate(1));
    expect(allocated.filter((bytes) => bytes !== undefined)).toHaveLength(4);
    expect(memory.usedBytes).toBeLessThanOrEqual(10_000);
  });

  it('reserves no more than there is room for', () => {
    const memory = new CacheMemory(10_000);
    expect([memory.reserve(6000), memory.reserve(4001), memory.reserve(4000)]).toEqual([true, false, true]);
    expect(memory.allocate(0)).toBeUndefined();
    memory.unreserve(6000);
    expect(memory.allocate(0)).toBeDefined();
  });
});
