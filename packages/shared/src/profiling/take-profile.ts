import { Session } from 'node:inspector/promises';
import type { Clock } from '../async/clock.ts';
import { type CallFrame, encodePprof, type MeasuredStack } from './encode-pprof.ts';

export type ProfileRequest = {
  readonly seconds: number;
  readonly clock: Clock;
  /** Ends the wait early: the profile is then of the time so far. */
  readonly signal: AbortSignal;
};

/** V8 samples the stack every 10 ms. A shorter interval costs more than 5 % of the process. */
const cpuIntervalMicroseconds = 10_000;
/** V8 samples one allocation for about every 512 KiB. */
const heapIntervalBytes = 524_288;

const waitSeconds = ({ seconds, clock, signal }: ProfileRequest): Promise<void> =>
  new Promise((resolve) => {
    const timer = clock.after(seconds * 1000, resolve);
    signal.addEventListener('abort', () => {
      timer.cancel();
      resolve();
    });
    if (signal.aborted) resolve();
  });

type CpuNode = {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[] | undefined;
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[] | undefined;
};

/** Time in which the process waits for events does not count as processor time. */
const idleName = '(idle)';

const cpuStacks = (nodes: readonly CpuNode[]): readonly MeasuredStack[] => {
  const parentOf = new Map(nodes.flatMap((node) => (node.children ?? []).map((id) => [id, node] as const)));
  return nodes.flatMap((node) => {
    const callers: (CallFrame & { readonly line: number })[] = [];
    for (
      let at = parentOf.get(node.id);
      at && at.callFrame.functionName !== '(root)';
      at = parentOf.get(at.id)
    )
      callers.push({ ...at.callFrame, line: at.callFrame.lineNumber + 1 });
    if (node.callFrame.functionName === idleName) return [];
    return (node.positionTicks ?? []).map(({ line, ticks }) => ({
      frames: [{ ...node.callFrame, line }, ...callers],
      values: [ticks, ticks * cpuIntervalMicroseconds * 1000],
    }));
  });
};

type HeapNode = {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly HeapNode[];
};
type HeapSample = { readonly size: number; readonly nodeId: number };
/** @types/node knows neither the node ids nor the samples that V8 sends. */
type HeapProfile = { readonly head: HeapNode; readonly samples: readonly HeapSample[] };

const heapStacks = (head: HeapNode, samples: readonly HeapSample[]): readonly MeasuredStack[] => {
  const sums = new Map<number, { objects: number; bytes: number }>();
  for (const { nodeId, size } of samples) {
    const sum = sums.get(nodeId) ?? { objects: 0, bytes: 0 };
    sums.set(nodeId, { objects: sum.objects + 1, bytes: sum.bytes + size });
  }
  const stacks: MeasuredStack[] = [];
  // An explicit stack: a deep recursion in the profiled program must not overflow this walk.
  const open: { readonly node: HeapNode; readonly callers: MeasuredStack['frames'] }[] = [
    { node: head, callers: [] },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, callers } = next;
    const frames =
      node === head ? [] : [{ ...node.callFrame, line: node.callFrame.lineNumber + 1 }, ...callers];
    const sum = sums.get(node.id);
    if (sum && frames.length > 0) stacks.push({ frames, values: [sum.objects, sum.bytes] });
    for (const child of node.children) open.push({ node: child, callers: frames });
  }
  return stacks;
};

const withSession = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
  const session = new Session();
  session.connect();
  try {
    return await work(session);
  } finally {
    session.disconnect();
  }
};

/** Profiles this process's processor time for some seconds. Returns a gzipped pprof profile; opens no port. */
export const takeCpuProfile = (request: ProfileRequest): Promise<Buffer> =>
  withSession(async (session) => {
    const startedAtMs = request.clock.wallMs();
    const beganMs = request.clock.monotonicMs();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: cpuIntervalMicroseconds });
    await session.post('Profiler.start');
    await waitSeconds(request);
    const { profile } = await session.post('Profiler.stop');
    return encodePprof({
      valueTypes: [
        ['samples', 'count'],
        ['cpu', 'nanoseconds'],
      ],
      stacks: cpuStacks(profile.nodes),
      startedAtMs,
      durationMs: request.clock.monotonicMs() - beganMs,
      period: cpuIntervalMicroseconds * 1000,
    });
  });

/**
 * Samples allocations for some seconds and returns those that are still in use at the end, as a gzipped pprof profile.
 * Memory that was allocated before the call is not in it: V8 samples only while the profiler runs.
 */
export const takeHeapProfile = (request: ProfileRequest): Promise<Buffer> =>
  withSession(async (session) => {
    const startedAtMs = request.clock.wallMs();
    const beganMs = request.clock.monotonicMs();
    await session.post('HeapProfiler.enable');
    await session.post('HeapProfiler.startSampling', { samplingInterval: heapIntervalBytes });
    await waitSeconds(request);
    const { profile } = await session.post('HeapProfiler.stopSampling');
    const { head, samples } = profile as unknown as HeapProfile;
    return encodePprof({
      valueTypes: [
        ['inuse_objects', 'count'],
        ['inuse_space', 'bytes'],
      ],
      stacks: heapStacks(head, samples),
      startedAtMs,
      durationMs: request.clock.monotonicMs() - beganMs,
      period: heapIntervalBytes,
    });
  });
