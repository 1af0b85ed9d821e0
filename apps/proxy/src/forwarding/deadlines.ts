import type { Clock, Timer } from '@tripod/shared/async/clock';

/** An object with a deadline that is set and moved by an assignment, without a timer of its own. */
export type Waiting = {
  /** Monotonic time of the deadline in milliseconds; `Infinity`: none. */
  atMs: number;
  /** Called once when the deadline has passed. */
  onPassed(): void;
};

/** A deadline for an object that has several. */
export class Deadline implements Waiting {
  atMs = Number.POSITIVE_INFINITY;
  readonly onPassed: () => void;

  constructor(onPassed: () => void) {
    this.onPassed = onPassed;
  }
}

const sweepMs = 100;

/**
 * All time-outs of an engine on one coarse timer, so that a request creates no timer and reads no clock. A deadline
 * never passes early, and at most 200 ms late.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlines = new Set<Waiting>();
  #timer: Timer | undefined;
  /** Time of the last sweep, at most `sweepMs` ago. */
  #nowMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time of the last sweep, for what needs no exact clock. */
  get coarseNowMs(): number {
    return this.#nowMs;
  }

  /** Watches a deadline until `remove`. */
  add(deadline: Waiting): void {
    this.#deadlines.add(deadline);
    if (this.#timer) return;
    this.#nowMs = this.#clock.monotonicMs();
    this.#timer = this.#clock.after(sweepMs, () => this.#sweep());
  }

  remove(deadline: Waiting): void {
    this.#deadlines.delete(deadline);
  }

  /** Sets a deadline this many milliseconds from now. */
  set(deadline: Waiting, inMs: number): void {
    deadline.atMs = this.#nowMs + sweepMs + inMs;
  }

  clear(deadline: Waiting): void {
    deadline.atMs = Number.POSITIVE_INFINITY;
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    // Time during which the process itself was stalled does not count: it could not have noticed an answer.
    const stalledMs = Math.max(0, nowMs - this.#nowMs - 2 * sweepMs);
    this.#nowMs = nowMs;
    for (const deadline of this.#deadlines) {
      deadline.atMs += stalledMs;
      if (deadline.atMs > nowMs) continue;
      this.clear(deadline);
      deadline.onPassed();
    }
    if (this.#deadlines.size > 0) this.#timer ??= this.#clock.after(sweepMs, () => this.#sweep());
  }
}
