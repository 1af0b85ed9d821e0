import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from '../balancing/upstream.ts';
import type { CheckQueue } from './check-queue.ts';
import type { Probe, ProbeResult } from './probe.ts';

export type ActiveCheckerOptions = {
  readonly upstream: Upstream;
  readonly probe: Probe;
  /** Replaces `probe` once the upstream has turned out to have no health path. */
  readonly connectProbe: Probe;
  /** Pause between checks of a healthy upstream. */
  readonly intervalMs: number;
  /** Pause between checks of an upstream that is unhealthy, ejected, or failed its last check. */
  readonly downIntervalMs: number;
  /** Failures in a row that make it unhealthy. */
  readonly fall: number;
  /** Passes in a row that make it healthy again. */
  readonly rise: number;
  readonly queue: Pick<CheckQueue, 'add'>;
  /** Called when a check could not be made for a reason on this machine. */
  readonly onShortage: (reason: string) => void;
  /** Called once when it has been unhealthy for 2 s. */
  readonly onDead: (upstream: Upstream) => void;
  readonly clock: Clock;
  readonly logger: Logger;
};

const deadAfterMs = 2000;

/** Checks one upstream periodically, one check at a time, and sets its health. */
export class ActiveChecker {
  readonly #options: ActiveCheckerOptions;
  #probe: Probe;
  #timer: Timer | undefined;
  #stopped = false;
  #passes = 0;
  #failures = 0;
  /**
   * Whether it has been found healthy or unhealthy before. The first pass is logged as joining, later ones as coming
   * back.
   */
  #judged = false;
  #hasLoggedStatus = false;
  /** Since when it is unhealthy; undefined when it is healthy, or `onDead` has been called. */
  #unhealthySinceMs: number | undefined;

  constructor(options: ActiveCheckerOptions) {
    this.#options = options;
    this.#probe = options.probe;
  }

  /** Checks now, then periodically until stopped. */
  start(): void {
    this.#options.queue.add(() => this.#check());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #check(): Promise<void> {
    if (this.#stopped) return;
    const result = await this.#probe(this.#options.upstream);
    if (this.#stopped) return;
    this.#apply(result);
    const { upstream, intervalMs, downIntervalMs, clock } = this.#options;
    const mayReturn = upstream.ejected && !upstream.held;
    const isInDoubt = this.#failures > 0 || !upstream.healthy || mayReturn;
    this.#timer = clock.after(isInDoubt ? downIntervalMs : intervalMs, () => this.start());
  }

  #apply(result: ProbeResult): void {
    const { upstream, logger, connectProbe, onShortage } = this.#options;
    switch (result.kind) {
      case 'no-path':
        logger.info('upstream has no health path: checked by connecting', { upstream: upstream.id });
        this.#probe = connectProbe;
        this.#passed();
        return;
      case 'passed':
        this.#logErrorStatus(result.status);
        this.#passed();
        return;
      case 'failed':
        this.#failed(result.reason);
        return;
      case 'unknown':
        onShortage(result.reason);
        return;
    }
  }

  /** An error status that counts as healthy is unusual enough to be said, once. */
  #logErrorStatus(status = 200): void {
    if (status < 400 || this.#hasLoggedStatus) return;
    this.#hasLoggedStatus = true;
    const { upstream, logger } = this.#options;
    logger.info('upstream answers its health path with an error status, which counts as healthy', {
      upstream: upstream.id,
      status,
    });
  }

  #passed(): void {
    const { upstream, rise, logger } = this.#options;
    this.#failures = 0;
    this.#unhealthySinceMs = undefined;
    this.#passes += 1;
    if (this.#passes < rise) return;
    if (upstream.healthy && (!upstream.ejected || upstream.held)) {
      this.#judged = true;
      return;
    }
    const hasJoined = !this.#judged && !upstream.ejected;
    this.#judged = true;
    upstream.setHealthy(true);
    logger.info(hasJoined ? 'upstream server joined' : 'upstream server is back', { upstream: upstream.id });
  }

  #failed(reason: string): void {
    const { upstream, fall, logger } = this.#options;
    this.#passes = 0;
    this.#failures += 1;
    if (!upstream.healthy) {
      // Already unhealthy, or never healthy yet: only the reason is updated.
      upstream.setHealthy(false, reason);
      this.#reportIfDead();
      return;
    }
    if (this.#failures < fall) return;
    this.#judged = true;
    this.#unhealthySinceMs = this.#options.clock.monotonicMs();
    upstream.setHealthy(false, reason);
    // A draining or disabled upstream is expected to stop.
    if (!upstream.draining && upstream.enabled)
      logger.warn('upstream server is unhealthy', { upstream: upstream.id, reason });
  }

  #reportIfDead(): void {
    const { upstream, clock, onDead } = this.#options;
    if (this.#unhealthySinceMs === undefined) return;
    if (clock.monotonicMs() - this.#unhealthySinceMs < deadAfterMs) return;
    this.#unhealthySinceMs = undefined;
    onDead(upstream);
  }
}
