import type { Clock, Timer } from '@tripod/shared/process/clock';

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
};

/** Between two attempts while away: doubling from the first to the second, so that its return is seen within 2 s. */
const firstDelayMs = 200;
const longestDelayMs = 1000;
/** While all is well: a connection that died in silence is found before a request meets it. */
const heartbeatMs = 5000;

/**
 * Knows whether the database can be used, so that a request need not find out by waiting. While it is away attempts
 * go on in the background, at random distances, so that copies do not knock together.
 */
export class Availability {
  readonly #options: AvailabilityOptions;
  #state: AvailabilityState = { name: 'starting' };
  #running: Promise<unknown> | undefined;
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
    const error = await this.#run();
    if (error !== undefined && !this.#options.isAway(error)) {
      await this.stop();
      throw error;
    }
  }

  /** Something failed: look now. With `away` the state changes before the look: no one should wait for it. */
  suspect(error: unknown, { away }: { readonly away: boolean }): void {
    if (this.#stopped || this.#state.name !== 'available') return;
    if (away) this.#change({ name: 'away', error });
    void this.#run();
  }

  /** Waits for an attempt that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** One attempt at a time; resolves with its error, if any. */
  #run(): Promise<unknown> {
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #look(): Promise<unknown> {
    this.#timer?.cancel();
    try {
      await this.#options.attempt();
      this.#failures = 0;
      this.#change({ name: 'available' });
      this.#next(heartbeatMs);
      return undefined;
    } catch (error) {
      this.#change({ name: 'away', error });
      const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#failures);
      this.#failures += 1;
      this.#next(delayMs * (0.5 + this.#options.random() / 2));
      return error;
    }
  }

  #next(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(delayMs, () => void this.#run());
  }

  #change(state: AvailabilityState): void {
    const before = this.#state;
    this.#state = state;
    if (this.#stopped) return;
    if (before.name === state.name && state.name !== 'away') return;
    this.#options.onChange(state);
  }
}
