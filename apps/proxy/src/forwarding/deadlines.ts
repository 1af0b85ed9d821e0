import type { Clock, Timer } from '@tripod/shared/process/clock';

/** A point in time, set and moved as often as one likes for the price of an assignment. */
export class Deadline {
  /** Infinity when nothing is waited for. */
  atMs = Number.POSITIVE_INFINITY;
  readonly onPassed: () => void;

  constructor(onPassed: () => void) {
    this.onPassed = onPassed;
  }
}

const sweepMs = 100;

/**
 * All time-outs of an engine by one coarse timer: no timer is made for a request. A deadline is noticed at most
 * 100 ms late.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlines = new Set<Deadline>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches it until `remove`. */
  add(deadline: Deadline): void {
    this.#deadlines.add(deadline);
    this.#timer ??= this.#clock.after(sweepMs, () => this.#sweep());
  }

  remove(deadline: Deadline): void {
    this.#deadlines.delete(deadline);
  }

  /** Lets a deadline pass that many milliseconds from now. */
  set(deadline: Deadline, inMs: number): void {
    deadline.atMs = this.#clock.monotonicMs() + inMs;
  }

  clear(deadline: Deadline): void {
    deadline.atMs = Number.POSITIVE_INFINITY;
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const deadline of this.#deadlines) {
      if (deadline.atMs > nowMs) continue;
      this.clear(deadline);
      deadline.onPassed();
    }
    if (this.#deadlines.size > 0) this.#timer = this.#clock.after(sweepMs, () => this.#sweep());
  }
}
