import { describe, expect, it } from '@jest/globals';
import { LimitedMemory } from '../src/limited-memory.ts';
import { storedBytes } from '../src/stored-form.ts';

describe('LimitedMemory', () => {
  it('counts what it gives, with the headers that belong to it, until it is given back', () => {
    const memory = new LimitedMemory(100_000);
    const one = memory.take(5000);
    const other = memory.take(300);
    expect(memory.usedBytes).toBe(storedBytes(5000) + storedBytes(300));
    for (const bytes of [one, other]) if (bytes) memory.giveBack(bytes);
    expect(memory.usedBytes).toBe(0);
  });

  it('gives nothing beyond its limit, though its block has room', () => {
    const memory = new LimitedMemory(10_000);
    const taken = Array.from({ length: 10 }, () => memory.take(1));
    expect(taken.filter((bytes) => bytes !== undefined)).toHaveLength(4);
    expect(memory.usedBytes).toBeLessThanOrEqual(10_000);
  });

  it('lets no more be reserved than there is room for', () => {
    const memory = new LimitedMemory(10_000);
    expect([memory.reserve(6000), memory.reserve(4001), memory.reserve(4000)]).toEqual([true, false, true]);
    expect(memory.take(0)).toBeUndefined();
    memory.release(6000);
    expect(memory.take(0)).toBeDefined();
  });
});
