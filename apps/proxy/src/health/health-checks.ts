import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';
import { ActiveChecker } from './active-checker.ts';
import { createConnectProbe, createHttpProbe } from './probe.ts';

/** How upstreams are checked. */
export type HealthLimits = {
  /** The path that is asked, or `off`. */
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
};

export type HealthChecksOptions = HealthLimits & {
  readonly clock: Clock;
  readonly logger: Logger;
};

/** One active checker for each upstream of the pools, also for those that join later. */
export type HealthChecks = {
  start(): void;
  stop(): void;
  /** From now on these are the pools. */
  watch(pools: readonly UpstreamPool[]): void;
  /** Checks all of them anew by these limits. */
  change(limits: HealthLimits): void;
};

/** Pause between checks of an upstream that is down: short, because everyone waits for it. */
const downIntervalMs = 250;

export const createHealthChecks = (
  firstPools: readonly UpstreamPool[],
  { clock, logger, ...firstLimits }: HealthChecksOptions,
): HealthChecks => {
  const checkers = new Map<Upstream, ActiveChecker>();
  const watched = new Set<UpstreamPool>();
  let limits: HealthLimits = firstLimits;
  let running = false;
  const begin = (upstream: Upstream): void => {
    const { path, timeoutMs, intervalMs, fall, rise } = limits;
    if (!running) return;
    if (path === 'off') {
      // Nobody would ever find it healthy again.
      if (!upstream.healthy) upstream.setHealthy(true);
      return;
    }
    const checker = new ActiveChecker({
      upstream,
      probe: createHttpProbe(path, timeoutMs),
      connectProbe: createConnectProbe(timeoutMs),
      intervalMs,
      downIntervalMs: Math.min(downIntervalMs, intervalMs),
      fall,
      rise,
      clock,
      logger,
    });
    checkers.set(upstream, checker);
    checker.start();
  };
  const stopAll = (): void => {
    for (const checker of checkers.values()) checker.stop();
    checkers.clear();
  };
  const beginAll = (): void => {
    for (const pool of watched) for (const upstream of pool.upstreams) begin(upstream);
  };
  const watchOne = (pool: UpstreamPool): void => {
    if (watched.has(pool)) return;
    watched.add(pool);
    pool.listen({
      added: begin,
      removed(upstream) {
        checkers.get(upstream)?.stop();
        checkers.delete(upstream);
      },
    });
    for (const upstream of pool.upstreams) begin(upstream);
  };
  const watch = (pools: readonly UpstreamPool[]): void => {
    for (const pool of watched) if (!pools.includes(pool)) watched.delete(pool);
    for (const pool of pools) watchOne(pool);
  };
  watch(firstPools);
  return {
    watch,
    start() {
      running = true;
      beginAll();
    },
    stop() {
      running = false;
      stopAll();
    },
    change(next) {
      stopAll();
      limits = next;
      beginAll();
    },
  };
};
