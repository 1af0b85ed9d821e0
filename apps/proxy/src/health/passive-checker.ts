import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from '../balancing/upstream.ts';
import type { UpstreamPool } from '../balancing/upstream-pool.ts';

export type PassiveLimits = {
  /** Failures within the window that eject an upstream; 0 disables ejection. */
  readonly maxFails: number;
  /** The window, and the longest time that an upstream stays ejected; a passed active check ends it earlier. */
  readonly failWindowMs: number;
};

export type PassiveCheckerOptions = {
  /** Read at each failure, since a reload may change them. */
  readonly limits: PassiveLimits;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Ejects an upstream that fails requests for a limited time. */
export type PassiveChecker = {
  /** The upstream failed a request before a valid response head: refused, reset, invalid or timed out. */
  failed(upstream: Upstream, pool: UpstreamPool, reason: string): void;
  /** The upstream responded with a status that counts as a failure. Passing active checks do not end its ejection. */
  failedByStatus(upstream: Upstream, pool: UpstreamPool, status: number): void;
  /** The upstream sent a response head. */
  passed(upstream: Upstream): void;
  /** Cancels its timers. */
  stop(): void;
};

export const createPassiveChecker = (options: PassiveCheckerOptions): PassiveChecker => {
  const { limits, clock, logger } = options;
  const recent = new WeakMap<Upstream, number[]>();
  const timers = new Set<Timer>();
  const fail = (upstream: Upstream, pool: UpstreamPool, reason: string, isHeld: boolean): void => {
    const { maxFails, failWindowMs } = limits;
    if (maxFails === 0 || upstream.ejected) return;
    const nowMs = clock.monotonicMs();
    const failures = (recent.get(upstream) ?? []).filter((atMs) => nowMs - atMs < failWindowMs);
    failures.push(nowMs);
    recent.set(upstream, failures);
    if (failures.length < maxFails) return;
    // The last available upstream is never ejected: a slow answer is better than none.
    if (!pool.upstreams.some((other) => other !== upstream && other.available)) return;
    recent.delete(upstream);
    upstream.eject(reason, isHeld);
    logger.warn('upstream server temporarily disabled', { upstream: upstream.id, pool: pool.name, reason });
    const ejection = upstream.counters.ejections;
    const timer = clock.after(failWindowMs, () => {
      timers.delete(timer);
      // An active check may have restored it meanwhile, and a later failure ejected it again.
      if (!upstream.ejected || upstream.counters.ejections !== ejection) return;
      upstream.restore();
      logger.info('upstream server is tried again', { upstream: upstream.id, pool: pool.name });
    });
    timers.add(timer);
  };
  return {
    failed: (upstream, pool, reason) => fail(upstream, pool, reason, false),
    failedByStatus: (upstream, pool, status) => fail(upstream, pool, `status ${status}`, true),
    passed(upstream) {
      recent.delete(upstream);
    },
    stop() {
      for (const timer of timers) timer.cancel();
      timers.clear();
    },
  };
};
