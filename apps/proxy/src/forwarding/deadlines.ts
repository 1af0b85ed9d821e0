import type { Clock, Timer } from '@tripod/shared/async/clock';

/** Something that waits until a point in time, which is set and moved for the price of an assignment. */
export type Waiting = {
  /** Infinity when nothing is waited for. */
  atMs: number;
  onPassed(): void;
};

/** A point in time for who has several. */
export class Deadline implements Waiting {
  atMs = Number.POSITIVE_INFINITY;
  readonly onPassed: () => void;

  constructor(onPassed: () => void) {
    this.onPassed = onPassed;
  }
}

const sweepMs = 100;

/**
 * All time-outs of an engine by one coarse timer: no timer is made and no clock is read for a request. A deadline is
 * never noticed early, and at most 200 ms late.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlines = new Set<Waiting>();
  #timer: Timer | undefined;
  /** Time of the last sweep: at most `sweepMs` ago. */
  #nowMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time of the last sweep, for what needs no exact clock. */
  get coarseNowMs(): number {
    return this.#nowMs;
  }

  /** Watches it until `remove`. */
  add(deadline: Waiting): void {
    this.#deadlines.add(deadline);
    if (this.#timer) return;
    this.#nowMs = this.#clock.monotonicMs();
    this.#timer = this.#clock.after(sweepMs, () => this.#sweep());
  }

  remove(deadline: Waiting): void {
    this.#deadlines.delete(deadline);
  }

  /** Lets a deadline pass that many milliseconds from now. */
  set(deadline: Waiting, inMs: number): void {
    deadline.atMs = this.#nowMs + sweepMs + inMs;
  }

  clear(deadline: Waiting): void {
    deadline.atMs = Number.POSITIVE_INFINITY;
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    // A process that was stopped, or busy, has not listened meanwhile: that time is nobody else's lateness.
    const deafMs = Math.max(0, nowMs - this.#nowMs - 2 * sweepMs);
    this.#nowMs = nowMs;
    for (const deadline of this.#deadlines) {
      deadline.atMs += deafMs;
      if (deadline.atMs > nowMs) continue;
      this.clear(deadline);
      deadline.onPassed();
    }
    if (this.#deadlines.size > 0) this.#timer ??= this.#clock.after(sweepMs, () => this.#sweep());
  }
}
