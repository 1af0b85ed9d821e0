import type { Clock, Timer } from '@tripod/shared/async/clock';

/** Checks under way at once: each holds a descriptor until it ends. */
const maxRunning = 32;
/** Checks that begin within one slot of time: 200 a second, so that a thousand dead upstreams cost little. */
const maxStarts = 20;
const slotMs = 100;

/** Spreads checks over time. They begin in the order of the calls; those over the limits wait. */
export class CheckQueue {
  readonly #clock: Clock;
  #waiting: (() => Promise<unknown>)[] = [];
  #running = 0;
  #starts = 0;
  #slotBeganMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs a check now or as soon as the limits allow. */
  add(check: () => Promise<unknown>): void {
    this.#waiting.push(check);
    this.#startNext();
  }

  /** Forgets the checks that wait. */
  clear(): void {
    this.#waiting = [];
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #startNext(): void {
    while (this.#waiting.length > 0 && this.#running < maxRunning) {
      const nowMs = this.#clock.monotonicMs();
      if (nowMs - this.#slotBeganMs >= slotMs) {
        this.#slotBeganMs = nowMs;
        this.#starts = 0;
      }
      if (this.#starts >= maxStarts) {
        this.#timer ??= this.#clock.after(slotMs, () => {
          this.#timer = undefined;
          this.#startNext();
        });
        return;
      }
      this.#starts += 1;
      this.#run(this.#waiting.shift() as () => Promise<unknown>);
    }
  }

  #run(check: () => Promise<unknown>): void {
    this.#running += 1;
    const ended = (): void => {
      this.#running -= 1;
      this.#startNext();
    };
    check().then(ended, ended);
  }
}
