import type { Clock } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';
import { ActiveChecker } from './active-checker.ts';
import { CheckQueue } from './check-queue.ts';
import { createConnectProbe, createHttpProbe } from './probe.ts';
import { parseStatusRanges } from './status-ranges.ts';

/** How upstreams are checked. */
export type HealthLimits = {
  /** The path that checks request, or `off`. */
  readonly path: string;
  /** Statuses that count as healthy, such as `200-399`. */
  readonly statuses: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
};

export type HealthChecksOptions = HealthLimits & {
  /** Called once for an upstream that has been unhealthy for 2 s. */
  readonly onDead: (upstream: Upstream) => void;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** One active checker for each upstream of the pools, including those that join later. */
export type HealthChecks = {
  start(): void;
  stop(): void;
  /** Replaces the pools. */
  watch(pools: readonly UpstreamPool[]): void;
  /** Replaces the limits and starts all checks again. */
  change(limits: HealthLimits): void;
};

/** Pause between checks of an upstream that is down: short, because clients wait for it. */
const downIntervalMs = 250;

/** A shortage on this machine lasts for many checks: it is logged at most this often. */
const shortageLogMs = 10_000;

export const createHealthChecks = (
  firstPools: readonly UpstreamPool[],
  { clock, logger, onDead, ...firstLimits }: HealthChecksOptions,
): HealthChecks => {
  const checkers = new Map<Upstream, ActiveChecker>();
  const watched = new Set<UpstreamPool>();
  const queue = new CheckQueue(clock);
  let limits: HealthLimits = firstLimits;
  let isRunning = false;
  let shortageLoggedMs = Number.NEGATIVE_INFINITY;
  const onShortage = (reason: string): void => {
    const nowMs = clock.monotonicMs();
    if (nowMs - shortageLoggedMs < shortageLogMs) return;
    shortageLoggedMs = nowMs;
    logger.warn('upstreams cannot be checked, their states stay as they are', { reason });
  };
  const startChecking = (upstream: Upstream): void => {
    const { path, statuses, timeoutMs, intervalMs, fall, rise } = limits;
    if (!isRunning) return;
    if (path === 'off') {
      // Without checks nothing would ever mark it healthy.
      if (!upstream.healthy) upstream.setHealthy(true);
      return;
    }
    const checker = new ActiveChecker({
      upstream,
      probe: createHttpProbe({ path, timeoutMs, isHealthyStatus: parseStatusRanges(statuses) }),
      connectProbe: createConnectProbe(timeoutMs),
      intervalMs,
      downIntervalMs: Math.min(downIntervalMs, intervalMs),
      fall,
      rise,
      queue,
      onShortage,
      onDead,
      clock,
      logger,
    });
    checkers.set(upstream, checker);
    checker.start();
  };
  const stopAll = (): void => {
    for (const checker of checkers.values()) checker.stop();
    checkers.clear();
    queue.clear();
  };
  const startAll = (): void => {
    for (const pool of watched) for (const upstream of pool.upstreams) startChecking(upstream);
  };
  const watchPool = (pool: UpstreamPool): void => {
    if (watched.has(pool)) return;
    watched.add(pool);
    pool.listen({
      added: startChecking,
      removed(upstream) {
        checkers.get(upstream)?.stop();
        checkers.delete(upstream);
      },
    });
    for (const upstream of pool.upstreams) startChecking(upstream);
  };
  const watch = (pools: readonly UpstreamPool[]): void => {
    for (const pool of watched) if (!pools.includes(pool)) watched.delete(pool);
    for (const pool of pools) watchPool(pool);
  };
  watch(firstPools);
  return {
    watch,
    start() {
      isRunning = true;
      startAll();
    },
    stop() {
      isRunning = false;
      stopAll();
    },
    change(next) {
      stopAll();
      limits = next;
      startAll();
    },
  };
};
