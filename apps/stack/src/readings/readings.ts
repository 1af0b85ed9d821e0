import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { Reading } from '@tripod/stack-client/reading';
import { type BalancerEvent, findBalancerEvent } from './balancer-events.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { createLogTraffic, type LogTraffic } from './log-traffic.ts';
import { createSampler, type SamplerSources } from './sampler.ts';

export type Watcher = {
  /** Time between its samples. */
  readonly intervalMs: number;
  readonly send: (reading: Reading) => void;
  /** Aborts when it no longer watches. */
  readonly gone: AbortSignal;
};

/** What those who watch a stack receive. Nothing is measured or kept while nobody watches. */
export type Readings = Pick<EventFeed, 'record'> & {
  /** Must be given each line that a process writes. */
  line(name: string, line: string): void;
  /** Sends a sample each interval, and each event. Resolves when the watcher has gone or the stack has stopped. */
  watch(watcher: Watcher): Promise<void>;
  /** Ends all watching. Resolves when each watcher could be told so. */
  close(): Promise<void>;
};

export type ReadingsOptions = {
  readonly clock: Clock;
  /** Opens what is read; called when the first one begins to watch. */
  readonly openSources: () => Omit<SamplerSources, 'clock' | 'readLogs' | 'onPolicy'>;
  /** The name of the process at an address such as `127.0.0.1:8083`. */
  readonly nameUpstream: (address: string) => string;
};

const sameEjectionMs = 1000;

type Watching = Watcher & { nextMs: number };

/** Samples are taken for several watchers at the shortest of their intervals, which is the period of the rates. */
export const createReadings = ({ clock, openSources, nameUpstream }: ReadingsOptions): Readings => {
  const feed = createEventFeed(clock);
  const watchers = new Set<Watching>();
  const closing = new AbortController();
  const active = new Set<Promise<void>>();
  /** By the address of the upstream. */
  const ejectedAtMs = new Map<string, number>();
  let balancerName: string | undefined;
  let logTraffic: LogTraffic | undefined;
  let sampling = false;

  /** Timers may fire early by a part of a millisecond. */
  const isDue = ({ nextMs }: Watching, nowMs: number): boolean => nextMs <= nowMs + 1;

  /** nginx reports the same ejection for each request that was in flight. */
  const isRepeated = ({ kind, address }: BalancerEvent): boolean => {
    if (kind !== 'ejected') return false;
    const nowMs = clock.monotonicMs();
    const beforeMs = ejectedAtMs.get(address);
    ejectedAtMs.set(address, nowMs);
    return beforeMs !== undefined && nowMs - beforeMs < sameEjectionMs;
  };

  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      const nextMs = Math.min(...[...watchers].map((watcher) => watcher.nextMs));
      const end = (): void => {
        timer.cancel();
        closing.signal.removeEventListener('abort', end);
        resolve();
      };
      const timer: Timer = clock.after(Math.max(0, nextMs - clock.monotonicMs()), end);
      closing.signal.addEventListener('abort', end);
    });

  const run = async (): Promise<void> => {
    const sources = openSources();
    const logs = sources.readBalancer || sources.balancerName === undefined ? undefined : createLogTraffic();
    balancerName = sources.balancerName;
    logTraffic = logs;
    const onPolicy = (policy: string): void => feed.record('policy', sources.balancerName ?? '', policy);
    const sampler = createSampler({ ...sources, clock, onPolicy, readLogs: () => logs?.read() ?? new Map() });
    while (watchers.size > 0 && !closing.signal.aborted) {
      const shortestMs = Math.min(...[...watchers].map(({ intervalMs }) => intervalMs));
      const sample = await sampler.sample(shortestMs / 2);
      const nowMs = clock.monotonicMs();
      for (const watcher of [...watchers].filter((one) => isDue(one, nowMs))) {
        watcher.send(sample);
        // A sample that was late does not lead to several at once.
        watcher.nextMs = Math.max(watcher.nextMs + watcher.intervalMs, nowMs);
      }
      if (watchers.size > 0) await wait();
    }
    ejectedAtMs.clear();
    logTraffic = undefined;
    balancerName = undefined;
    await sampler.close();
  };

  const keepSampling = async (): Promise<void> => {
    if (sampling) return;
    sampling = true;
    try {
      // Somebody may have begun to watch while the last sampler was closed.
      while (watchers.size > 0 && !closing.signal.aborted) await run();
    } finally {
      sampling = false;
    }
  };

  const watch = async (watcher: Watcher): Promise<void> => {
    const { gone, send, intervalMs } = watcher;
    if (gone.aborted || closing.signal.aborted) return;
    const watching: Watching = { intervalMs, send, gone, nextMs: clock.monotonicMs() };
    watchers.add(watching);
    const unsubscribe = feed.subscribe(send);
    const ended = new Promise<void>((resolve) => {
      for (const signal of [gone, closing.signal])
        signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const sampled = keepSampling();
    try {
      // A sampler that fails ends the watching with its error.
      await Promise.race([ended, sampled.then(() => ended)]);
    } finally {
      watchers.delete(watching);
      unsubscribe();
    }
  };

  return {
    record: feed.record,
    line(name, line) {
      if (watchers.size === 0) return;
      logTraffic?.line(name, line);
      if (name !== balancerName) return;
      const event = findBalancerEvent(line);
      if (!event || isRepeated(event)) return;
      feed.record(event.kind, nameUpstream(event.address), event.detail, event.atMs);
    },
    watch(watcher) {
      const watched = watch(watcher);
      active.add(watched);
      const forget = (): void => void active.delete(watched);
      watched.then(forget, forget);
      return watched;
    },
    async close() {
      closing.abort();
      await Promise.allSettled(active);
      await new Promise(setImmediate);
    },
  };
};
