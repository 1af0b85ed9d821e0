import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ByteQueue } from '../../src/forwarding/byte-queue.ts';

describe('ByteQueue', () => {
  it('returns the bytes in the order in which they were added, whatever is skipped in between', () => {
    const step = fc.oneof(
      fc.record({ add: fc.string({ unit: 'binary-ascii', maxLength: 3000 }) }),
      fc.record({ skip: fc.nat(4000) }),
      fc.record({ takeAll: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const queue = new ByteQueue();
        let expected = '';
        for (const one of steps) {
          if ('add' in one) {
            queue.add(Buffer.from(one.add, 'latin1'));
            expected += one.add;
          } else if ('skip' in one) {
            const count = Math.min(one.skip, expected.length);
            queue.skip(count);
            expected = expected.slice(count);
          } else {
            expect(queue.takeAll()?.toString('latin1') ?? '').toBe(expected);
            expected = '';
          }
          expect(queue).toHaveLength(expected.length);
          expect(queue.bytes.toString('latin1', queue.start, queue.end)).toBe(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('copies each byte a bounded number of times, however small the pieces are', () => {
    const queue = new ByteQueue();
    const buffers = new Set<Buffer>();
    for (let count = 0; count < 65_536; count += 1) {
      queue.add(Buffer.from('x'));
      buffers.add(queue.bytes);
    }
    expect(queue).toHaveLength(65_536);
    // The first piece by reference, and then one buffer for each doubling from 4 KiB on.
    expect(buffers.size).toBeLessThanOrEqual(8);
  });

  it('never changes bytes that were taken before', () => {
    const queue = new ByteQueue();
    queue.add(Buffer.from('ab'));
    queue.add(Buffer.from('cd'));
    const taken = queue.takeAll();
    queue.add(Buffer.from('ef'));
    queue.add(Buffer.from('gh'));
    expect(taken?.toString()).toBe('abcd');
  });

  it('keeps no memory when it is empty', () => {
    const queue = new ByteQueue();
    queue.add(Buffer.alloc(100));
    queue.add(Buffer.alloc(100));
    queue.skip(200);
    expect(queue.bytes).toHaveLength(0);
  });
});
