import type { HistogramSample } from './metrics.ts';

/** Upper bounds in seconds, from half a millisecond to ten seconds. */
const boundsSeconds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Counts durations in fixed buckets. Observing is a few comparisons and two additions. */
export class DurationHistogram {
  readonly #counts: number[] = new Array<number>(boundsSeconds.length + 1).fill(0);
  #sumSeconds = 0;

  observe(durationMs: number): void {
    const seconds = durationMs / 1000;
    let index = 0;
    while (index < boundsSeconds.length && seconds > (boundsSeconds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sumSeconds += seconds;
  }

  sample(labels?: Readonly<Record<string, string>>): HistogramSample {
    return {
      ...(labels ? { labels } : {}),
      bounds: boundsSeconds,
      counts: [...this.#counts],
      sum: this.#sumSeconds,
    };
  }
}
