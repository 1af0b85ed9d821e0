import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

/** Advances the latency windows of all upstreams once a second. */
export type LatencySampler = { start(): void; stop(): void };

export const createLatencySampler = (pools: () => readonly UpstreamPool[], clock: Clock): LatencySampler => {
  let timer: Timer | undefined;
  const turn = (): void => {
    for (const pool of pools()) for (const { latency } of pool.upstreams) latency.turn();
    timer = clock.after(1000, turn);
  };
  return {
    start() {
      timer ??= clock.after(1000, turn);
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
};
