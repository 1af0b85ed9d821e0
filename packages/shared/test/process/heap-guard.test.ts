import { describe, expect, it } from '@jest/globals';
import { createHeapGuard } from '@tripod/shared/process/heap-guard';
import { createFakeClock } from '@tripod/testing/fake-clock';
import { exited, spawnNode } from '@tripod/testing/spawn-node';

const createScriptedHeap = (liveBytes: number, garbageBytes = 0) => {
  const heap = {
    limitBytes: 100,
    mostAddedBytes: 5,
    liveBytes,
    garbageBytes,
    reads: 0,
    collections: 0,
    usedBytes: () => {
      heap.reads += 1;
      return heap.liveBytes + heap.garbageBytes;
    },
    collect: () => {
      heap.collections += 1;
      heap.garbageBytes = 0;
    },
  };
  return heap;
};

describe('createHeapGuard', () => {
  it('reads the heap at most every 25 ms', () => {
    const clock = createFakeClock();
    const heap = createScriptedHeap(10);
    const guard = createHeapGuard(clock, heap);
    guard.isFull();
    clock.advance(24);
    guard.isFull();
    expect(heap.reads).toBe(1);
    clock.advance(1);
    guard.isFull();
    expect(heap.reads).toBe(2);
  });

  it('does not call a heap full that is full of garbage only', () => {
    const heap = createScriptedHeap(50, 40);
    const guard = createHeapGuard(createFakeClock(), heap);
    expect(guard.isFull()).toBe(false);
    expect(heap.collections).toBe(1);
  });

  it('lets half of a small heap be used beside a large young generation', () => {
    const heap = { ...createScriptedHeap(49), mostAddedBytes: 100 };
    expect(createHeapGuard(createFakeClock(), heap).isFull()).toBe(false);
  });

  it('leaves 15 % and what the young generation can add, collects every 2 s, and recovers', () => {
    const clock = createFakeClock();
    const heap = createScriptedHeap(80);
    const guard = createHeapGuard(clock, heap);
    expect(guard.isFull()).toBe(true);
    Object.assign(heap, { liveBytes: 20, garbageBytes: 60 });
    clock.advance(1999);
    expect(guard.isFull()).toBe(true);
    expect(heap.collections).toBe(1);
    clock.advance(25);
    expect(guard.isFull()).toBe(false);
    expect(heap.collections).toBe(2);
  });
});

describe('createProcessHeap', () => {
  const script = `
    import { createProcessHeap } from './packages/shared/src/process/heap-guard.ts';
    const heap = createProcessHeap();
    let kept = Array.from({ length: 200_000 }, (_, at) => ({ at }));
    const before = heap.usedBytes();
    kept = kept.length;
    heap.collect();
    console.log(heap.limitBytes / 1048576, heap.mostAddedBytes / 1048576, kept, before - heap.usedBytes() > 1e6);`;

  it.each([
    ['--max-old-space-size=64', {}, 64],
    ['--max-old-space-size=64', { NODE_OPTIONS: '--max-semi-space-size=4' }, 4],
    ['--max-semi-space-size=8', { NODE_OPTIONS: '--max-old-space-size=64' }, 8],
  ])(
    'knows the limit of the old generation and can collect its garbage: node %s with %j',
    async (flag, env, semiSpace) => {
      const { child, output } = spawnNode([flag, '--input-type=module', '--eval', script], env);
      await exited(child);
      expect(output()).toBe(`64 ${semiSpace} 200000 true\n`);
    },
  );
});
