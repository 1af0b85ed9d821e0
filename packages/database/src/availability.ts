import type { Clock, Timer } from '@tripod/shared/async/clock';

export type AvailabilityState =
  | { readonly name: 'starting' }
  | { readonly name: 'available' }
  | { readonly name: 'away'; readonly error: unknown };

export type AvailabilityOptions = {
  /** Resolves when the database can be used. */
  readonly attempt: () => Promise<void>;
  /** Whether an error says that the database is away; any other ends the first attempt for good. */
  readonly isAway: (error: unknown) => boolean;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Called at each change, and when an absence has another reason than before. */
  readonly onChange: (state: AvailabilityState) => void;
  /** While it is available: from one attempt to the next, so that a silent loss is found. Default 5000. */
  readonly heartbeatMs?: number;
};

/**
 * From the beginning of one attempt to that of the next while away, doubling from the first to the second: its return
 * is to be seen within 2 s, of which the attempt itself, on a machine that has just been through a crash, takes a part.
 */
const firstDelayMs = 100;
const longestDelayMs = 500;
const defaultHeartbeatMs = 5000;

/**
 * Knows whether the database can be used, so that a request need not find out by waiting. While it is away attempts
 * go on in the background, at random distances, so that copies do not knock together.
 */
export class Availability {
  readonly #options: AvailabilityOptions;
  #state: AvailabilityState = { name: 'starting' };
  /** The attempt that is under way, and counts. */
  #current: Promise<unknown> | undefined;
  /** All that are under way, with those that do not count any more. */
  readonly #attempts = new Set<Promise<unknown>>();
  /** What an attempt of an earlier era finds out says nothing any more. */
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

  /** The first attempt. Resolves when it has ended, well or not; throws what does not mean "away". */
  async start(): Promise<void> {
    const error = await this.#attemptNow();
    if (error !== undefined && !this.#options.isAway(error)) {
      await this.stop();
      throw error;
    }
  }

  /** Something failed: an attempt now. With `away` the state changes before it: no one should wait for it. */
  suspect(error: unknown, { away }: { readonly away: boolean }): void {
    if (this.#stopped || this.#state.name !== 'available') return;
    if (away) {
      this.#change({ name: 'away', error });
      // An attempt that is under way may hang on just what was found dead.
      this.#era += 1;
      this.#current = undefined;
    }
    void this.#attemptNow();
  }

  /** Waits for attempts that are under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await Promise.all(this.#attempts);
  }

  /** One attempt at a time; resolves with its error, if any. */
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
