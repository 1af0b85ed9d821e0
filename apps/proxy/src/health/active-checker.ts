import type { Clock, Timer } from '@tripod/shared/async/clock';
import type { Logger } from '@tripod/shared/logging/logger';
import type { Upstream } from '../balancing/upstream.ts';
import type { Probe, ProbeResult } from './probe.ts';

export type ActiveCheckerOptions = {
  readonly upstream: Upstream;
  readonly probe: Probe;
  /** Used from then on when the upstream turns out to have no health path. */
  readonly connectProbe: Probe;
  /** Pause between checks of an upstream that passes. */
  readonly intervalMs: number;
  /** Pause between checks of one that does not, or of which there is doubt. */
  readonly downIntervalMs: number;
  /** That many failures in a row make it unhealthy. */
  readonly fall: number;
  /** That many passes in a row make it healthy again. */
  readonly rise: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Asks one upstream again and again how it is, and tells the upstream. One check at a time. */
export class ActiveChecker {
  readonly #options: ActiveCheckerOptions;
  #probe: Probe;
  #timer: Timer | undefined;
  #stopped = false;
  #passes = 0;
  #failures = 0;
  /** It has been found healthy or not before: one that passes for the first time has joined, and is not back. */
  #judged = false;

  constructor(options: ActiveCheckerOptions) {
    this.#options = options;
    this.#probe = options.probe;
  }

  /** Checks at once, then on and on until stopped. */
  start(): void {
    void this.#check();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #check(): Promise<void> {
    const result = await this.#probe(this.#options.upstream);
    if (this.#stopped) return;
    this.#learn(result);
    const { upstream, intervalMs, downIntervalMs, clock } = this.#options;
    const doubtful = this.#failures > 0 || !upstream.healthy || upstream.ejected;
    this.#timer = clock.after(doubtful ? downIntervalMs : intervalMs, () => void this.#check());
  }

  #learn(result: ProbeResult): void {
    const { upstream, logger, connectProbe } = this.#options;
    switch (result.kind) {
      case 'no-path':
        logger.info('upstream has no health path: checked by connecting', { upstream: upstream.id });
        this.#probe = connectProbe;
        this.#passed();
        return;
      case 'passed':
        this.#passed();
        return;
      case 'failed':
        this.#failed(result.reason);
        return;
    }
  }

  #passed(): void {
    const { upstream, rise, logger } = this.#options;
    this.#failures = 0;
    this.#passes += 1;
    if (this.#passes < rise) return;
    if (upstream.healthy && !upstream.ejected) {
      this.#judged = true;
      return;
    }
    const joins = !this.#judged && !upstream.ejected;
    this.#judged = true;
    upstream.setHealthy(true);
    logger.info(joins ? 'upstream server joined' : 'upstream server is back', { upstream: upstream.id });
  }

  #failed(reason: string): void {
    const { upstream, fall, logger } = this.#options;
    this.#passes = 0;
    this.#failures += 1;
    if (!upstream.healthy) {
      // One that has never passed is not news, but people ask for the reason.
      upstream.setHealthy(false, reason);
      return;
    }
    if (this.#failures < fall) return;
    this.#judged = true;
    upstream.setHealthy(false, reason);
    // One that is draining or disabled was told to go: that it went is no fault.
    if (!upstream.draining && upstream.enabled)
      logger.warn('upstream server is unhealthy', { upstream: upstream.id, reason });
  }
}
