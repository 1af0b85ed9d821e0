import type { Clock, Timer } from '@tripod/shared/async/clock';

export type AvailabilityState =
  | { readonly name: 'starting' }
  | { readonly name: 'available' }
  | { readonly name: 'away'; readonly error: unknown };

export type AvailabilityOptions = {
  /** Resolves when the database can be used. */
  readonly attempt: () => Promise<void>;
  /** Whether an error means that the database is unavailable; any other error makes the start fail. */
  readonly isAway: (error: unknown) => boolean;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Called at each change, and after each failed attempt while the database is unavailable. */
  readonly onChange: (state: AvailabilityState) => void;
  /** While it is available: from one attempt to the next, so that a silent loss is found. Default 5000. */
  readonly heartbeatMs?: number;
};

/**
 * Time from the start of one attempt to the start of the next while away. It doubles from the first to the second
 * value: the return of the database must be noticed within 2 s, and after a crash of the machine the attempt itself
 * takes part of them.
 */
const firstDelayMs = 100;
const longestDelayMs = 500;
const defaultHeartbeatMs = 5000;

/**
 * Knows whether the database can be used, so that no request has to wait to find out. While it is unavailable, attempts
 * go on in the background at random intervals, so that the copies do not all connect at the same moment.
 */
export class Availability {
  readonly #options: AvailabilityOptions;
  #state: AvailabilityState = { name: 'starting' };
  /** The running attempt whose result counts. */
  #current: Promise<unknown> | undefined;
  /** All running attempts, including those whose result no longer counts. */
  readonly #attempts = new Set<Promise<unknown>>();
  /** The result of an attempt from an earlier era is ignored. */
  #era = 0;
  #timer: Timer | undefined;
  #failures = 0;
  #stopped = false;

  constructor(options: AvailabilityOptions) {
    this.#options = options;
  }

  get state(): AvailabilityState {
    return this.#state;
  }

  /** Makes the first attempt and resolves when it has ended. Throws an error that does not mean "away". */
  async start(): Promise<void> {
    const error = await this.#attemptNow();
    if (error !== undefined && !this.#options.isAway(error)) {
      await this.stop();
      throw error;
    }
  }

  /** Starts an attempt, because something failed. With `away` the state changes at once, before the attempt. */
  suspect(error: unknown, { away }: { readonly away: boolean }): void {
    if (this.#stopped || this.#state.name !== 'available') return;
    if (away) {
      this.#change({ name: 'away', error });
      // A running attempt may hang on the connection that was found dead.
      this.#era += 1;
      this.#current = undefined;
    }
    void this.#attemptNow();
  }

  /** Stops, and waits for running attempts. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await Promise.all(this.#attempts);
  }

  /** Starts an attempt unless one is running; resolves with its error, if any. */
  #attemptNow(): Promise<unknown> {
    if (this.#current !== undefined) return this.#current;
    const attempt = this.#attempt(this.#era).finally(() => {
      this.#attempts.delete(attempt);
      if (this.#current === attempt) this.#current = undefined;
    });
    this.#attempts.add(attempt);
    this.#current = attempt;
    return attempt;
  }

  async #attempt(era: number): Promise<unknown> {
    const { clock, attempt, random, heartbeatMs = defaultHeartbeatMs } = this.#options;
    this.#timer?.cancel();
    const beganMs = clock.monotonicMs();
    try {
      await attempt();
      if (era !== this.#era) return undefined;
      this.#failures = 0;
      this.#change({ name: 'available' });
      this.#attemptIn(heartbeatMs);
      return undefined;
    } catch (error) {
      if (era !== this.#era) return error;
      this.#change({ name: 'away', error });
      const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures) * (0.5 + random() / 2);
      this.#failures += 1;
      this.#attemptIn(Math.max(0, delayMs - (clock.monotonicMs() - beganMs)));
      return error;
    }
  }

  #attemptIn(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => void this.#attemptNow());
  }

  #change(state: AvailabilityState): void {
    const before = this.#state;
    this.#state = state;
    if (this.#stopped) return;
    if (before.name === state.name && state.name !== 'away') return;
    this.#options.onChange(state);
  }
}
