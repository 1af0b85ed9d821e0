import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ReadBuffer,
  ReadBuffers,
  type ReadExpectation,
} from '../../../../src/forwarding/direct/upstream/read-buffers.ts';

const large = 32_768;
const huge = 262_144;

describe('ReadBuffer', () => {
  it('is small until a large body is expected, and is used again', () => {
    const buffer = new ReadBuffer(new ReadBuffers());
    const small = buffer.next('small');
    expect(small.length).toBeLessThan(large);
    expect(buffer.next('small')).toBe(small);
    const big = buffer.next('large');
    expect(big).toHaveLength(huge);
    expect(buffer.next('large')).toBe(big);
    expect(buffer.next('small')).toBe(small);
  });

  it('takes a large buffer that another connection has released', () => {
    const shared = new ReadBuffers();
    const one = new ReadBuffer(shared);
    const big = one.next('large');
    one.next('small');
    expect(new ReadBuffer(shared).next('large')).toBe(big);
  });

  it('releases the large buffer of a closed connection', () => {
    const shared = new ReadBuffers();
    const one = new ReadBuffer(shared);
    const big = one.next('large');
    one.release();
    expect(new ReadBuffer(shared).next('large')).toBe(big);
  });

  it('is huge for at most 48 connections at once', () => {
    const shared = new ReadBuffers();
    const lengths = (expected: ReadExpectation) =>
      Array.from({ length: 100 }, () => new ReadBuffer(shared).next(expected).length);
    expect(lengths('maybe-large').filter((length) => length === huge)).toHaveLength(48);
    expect(new Set(lengths('large'))).toEqual(new Set([large]));
    expect(Math.max(...lengths('maybe-large'))).toBeLessThan(large);
  });

  it('refuses to lend the bytes of one read twice, because each release hands the buffer out', () => {
    const buffer = new ReadBuffer(new ReadBuffers());
    buffer.next('large');
    buffer.lend();
    expect(() => buffer.lend()).toThrow('lent already');
  });

  it('is never a buffer that a write still refers to', () => {
    const expectation = fc.constantFrom<ReadExpectation>('small', 'maybe-large', 'large');
    const step = fc.record({
      connection: fc.nat(2),
      expectation,
      lends: fc.boolean(),
      writesEnd: fc.nat(3),
      closes: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const shared = new ReadBuffers();
        const connections = [0, 1, 2].map(() => new ReadBuffer(shared));
        const lent: { readonly buffer: Buffer; readonly release: () => void }[] = [];
        for (const { connection, expectation: expected, lends, writesEnd, closes } of steps) {
          const reader = connections[connection] as ReadBuffer;
          const buffer = reader.next(expected);
          expect(lent.map((one) => one.buffer)).not.toContain(buffer);
          if (lends) lent.push({ buffer, release: reader.lend() });
          if (closes) {
            reader.release();
            connections[connection] = new ReadBuffer(shared);
          }
          for (const { release } of lent.splice(0, writesEnd)) release();
        }
      }),
      { numRuns: 2000 },
    );
  });
});
