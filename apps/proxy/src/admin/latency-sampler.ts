import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

const turnMs = 1000;

/** Advances, once a second, what changes with time at each upstream: latency windows, averages and slow starts. */
export type LatencySampler = { start(): void; stop(): void };

export const createLatencySampler = (pools: () => readonly UpstreamPool[], clock: Clock): LatencySampler => {
  let timer: Timer | undefined;
  const turn = (): void => {
    for (const pool of pools()) {
      for (const upstream of pool.upstreams) {
        upstream.latency.turn();
        upstream.responseTime.decay(clock.monotonicMs());
        upstream.warmUp(turnMs);
      }
    }
    timer = clock.after(turnMs, turn);
  };
  return {
    start() {
      timer ??= clock.after(turnMs, turn);
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
};
