import type { Logger } from '@tripod/shared/logging/logger';
import type { Clock } from '@tripod/shared/process/clock';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';
import { ActiveChecker } from './active-checker.ts';
import { createConnectProbe, createHttpProbe } from './probe.ts';

export type HealthChecksOptions = {
  /** The path that is asked, or `off`. */
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** One active checker for each upstream of the pools, also for those that join later. */
export type HealthChecks = { start(): void; stop(): void };

/** Pause between checks of an upstream that is down: short, because everyone waits for it. */
const downIntervalMs = 250;

export const createHealthChecks = (
  pools: readonly UpstreamPool[],
  options: HealthChecksOptions,
): HealthChecks => {
  const checkers = new Map<Upstream, ActiveChecker>();
  const { path, timeoutMs, intervalMs } = options;
  const begin = (upstream: Upstream): void => {
    const checker = new ActiveChecker({
      ...options,
      upstream,
      probe: createHttpProbe(path, timeoutMs),
      connectProbe: createConnectProbe(timeoutMs),
      downIntervalMs: Math.min(downIntervalMs, intervalMs),
    });
    checkers.set(upstream, checker);
    checker.start();
  };
  return {
    start() {
      if (path === 'off') return;
      for (const pool of pools) {
        for (const upstream of pool.upstreams) begin(upstream);
        pool.listen({
          added: begin,
          removed(upstream) {
            checkers.get(upstream)?.stop();
            checkers.delete(upstream);
          },
        });
      }
    },
    stop() {
      for (const checker of checkers.values()) checker.stop();
      checkers.clear();
    },
  };
};
