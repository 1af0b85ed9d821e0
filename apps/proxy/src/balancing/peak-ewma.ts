/** A response time counts for a tenth after about 23 s. */
const decayMs = 10_000;

/**
 * A moving average of response times that follows a rise at once and a fall slowly (Finagle's Peak EWMA): one slow
 * response keeps requests away until faster ones, or time, have made up for it. 0 until the first response.
 */
export class PeakEwma {
  #valueMs = 0;
  #lastMs = 0;

  get valueMs(): number {
    return this.#valueMs;
  }

  /** Records a response time; `nowMs` is monotonic. */
  record(durationMs: number, nowMs: number): void {
    const kept = Math.exp((this.#lastMs - nowMs) / decayMs);
    this.#lastMs = nowMs;
    this.#valueMs = durationMs > this.#valueMs ? durationMs : this.#valueMs * kept + durationMs * (1 - kept);
  }

  /** Lets the average fall while there are no responses, so that an upstream which was slow is tried again. */
  decay(nowMs: number): void {
    if (this.#valueMs === 0 || nowMs - this.#lastMs < 1000) return;
    this.#valueMs *= Math.exp((this.#lastMs - nowMs) / decayMs);
    this.#lastMs = nowMs;
  }
}
