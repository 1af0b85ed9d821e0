import { DurationHistogram } from './duration-histogram.ts';
import type { Metrics } from './metrics.ts';

const knownMethods: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

/** Counts the requests of one server. Label values are bounded: method and status, never a raw URL. */
export class RequestMetrics {
  /** By method, then by status. */
  readonly #totals = new Map<string, number[]>();
  readonly #durations = new DurationHistogram();
  #inFlight = 0;

  began(): void {
    this.#inFlight += 1;
  }

  ended(method: string, status: number, durationMs: number): void {
    this.#inFlight -= 1;
    const totals = this.#totals.get(method) ?? this.#totalsOf(knownMethods.has(method) ? method : 'OTHER');
    totals[status] = (totals[status] ?? 0) + 1;
    this.#durations.observe(durationMs);
  }

  register(metrics: Metrics): void {
    const totals = this.#totals;
    metrics.counter('http_requests_total', 'Answered requests, by method and status.', function* () {
      for (const [method, counts] of totals) {
        for (const [status, value] of counts.entries()) {
          if (value > 0) yield { labels: { method, status: String(status) }, value };
        }
      }
    });
    metrics.gauge('http_requests_in_flight', 'Requests being answered now.', () => [
      { value: this.#inFlight },
    ]);
    metrics.histogram(
      'http_request_duration_seconds',
      'From the request head to the end of the answer.',
      () => [this.#durations.sample()],
    );
  }

  #totalsOf(method: string): number[] {
    let totals = this.#totals.get(method);
    if (!totals) {
      totals = new Array<number>(600).fill(0);
      this.#totals.set(method, totals);
    }
    return totals;
  }
}
