import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../async/clock.ts';

/** The old generation of V8's heap. The process ends when it is full. */
export type Heap = {
  usedBytes(): number;
  readonly limitBytes: number;
  /** What one collection of the young generation can add. */
  readonly mostAddedBytes: number;
  /** Runs a full garbage collection, which takes about 1 ms for each MB in use. */
  collect(): void;
};

const mebibyte = 1_048_576;
const defaultSemiSpaceMebibytes = 64;

const semiSpaceBytes = (): number => {
  const flags = [process.env['NODE_OPTIONS'] ?? '', ...process.execArgv].join(' ');
  const [, mebibytes = defaultSemiSpaceMebibytes] =
    [...flags.matchAll(/--max[-_]semi[-_]space[-_]size=(\d+)/g)].at(-1) ?? [];
  return Number(mebibytes) * mebibyte;
};

/** The heap of this process. */
export const createProcessHeap = (): Heap => {
  let collect: (() => void) | undefined;
  // Its limit counts three semi-spaces of the young generation, which don't help when the old one is full.
  const { heap_size_limit: bothBytes } = getHeapStatistics();
  const semiBytes = semiSpaceBytes();
  const limitBytes = bothBytes - 3 * semiBytes;
  return {
    usedBytes: () =>
      getHeapSpaceStatistics().reduce(
        (sum, { space_name: name, space_used_size: bytes }) => (name.startsWith('new_') ? sum : sum + bytes),
        0,
      ),
    // With --max-heap-size V8 chooses smaller semi-spaces.
    limitBytes: limitBytes > 0 ? limitBytes : bothBytes / 2,
    mostAddedBytes: semiBytes,
    collect: () => {
      if (collect === undefined) {
        // Node has no other call for it. The flag acts on contexts that are made after it.
        setFlagsFromString('--expose-gc');
        collect = runInNewContext('gc') as () => void;
      }
      collect();
    },
  };
};

export type HeapGuard = {
  /** Whether the heap is nearly full, and not of garbage. Cheap enough to be asked at each request. */
  isFull(): boolean;
};

/** Requests that have begun get the rest. */
const fullShare = 0.85;
/** A small heap with large semi-spaces must still be of use. */
const leastFullShare = 0.5;
/** The use may have changed after this time. */
const readAgainMs = 25;
/** V8 leaves garbage in the old generation while nothing new gets there, so a full heap has to be collected by us. */
const collectAgainMs = 2000;

/** Watches a heap, without a timer: it is read when it is asked about. */
export const createHeapGuard = (clock: Pick<Clock, 'monotonicMs'>, heap: Heap): HeapGuard => {
  const { limitBytes, mostAddedBytes } = heap;
  const fullBytes = Math.max(limitBytes * leastFullShare, limitBytes * fullShare - mostAddedBytes);
  let isFull = false;
  let readMs = Number.NEGATIVE_INFINITY;
  let collectedMs = Number.NEGATIVE_INFINITY;
  const read = (): boolean => {
    if (heap.usedBytes() < fullBytes) return false;
    if (clock.monotonicMs() - collectedMs < collectAgainMs) return true;
    heap.collect();
    collectedMs = clock.monotonicMs();
    return heap.usedBytes() >= fullBytes;
  };
  return {
    isFull: () => {
      if (clock.monotonicMs() - readMs < readAgainMs) return isFull;
      isFull = read();
      readMs = clock.monotonicMs();
      return isFull;
    },
  };
};
