import { Histogram } from '../measure/histogram.ts';

/** The figures of the requests of one name. */
export type NameFigures = {
  readonly name: string;
  readonly method: string;
  requests: number;
  failed: number;
  /** Bytes of bodies. */
  bytes: number;
  totalMs: number;
  minMs: number;
  readonly response: Histogram;
};

/** The same, as a thread can send it. */
export type SentNameFigures = Omit<NameFigures, 'response'> & { readonly memory: SharedArrayBuffer };

/** The failures of one kind. Times are milliseconds since 1970. */
export type FailureFigures = { count: number; readonly firstMs: number; lastMs: number };

/** Counts of a thread by name: kinds of failures, tallies of the scenario, figures of each request name. */
export class Tallies {
  readonly failures = new Map<string, FailureFigures>();
  readonly numbers = new Map<string, number>();
  readonly names = new Map<string, NameFigures>();

  fail(kind: string): void {
    const nowMs = performance.timeOrigin + performance.now();
    const known = this.failures.get(kind);
    if (known) {
      known.count += 1;
      known.lastMs = nowMs;
    }
    // A scenario that puts an id into each message would fill the memory.
    else if (this.failures.size >= maxNames && kind !== otherFailures) this.fail(otherFailures);
    else this.failures.set(kind, { count: 1, firstMs: nowMs, lastMs: nowMs });
  }

  tally(name: string, by = 1): void {
    this.numbers.set(name, (this.numbers.get(name) ?? 0) + by);
  }

  of(method: string, name: string): NameFigures {
    const key = `${method} ${name}`;
    const known = this.names.get(key);
    if (known) return known;
    // A scenario that makes a name of each id would fill the memory.
    if (this.names.size >= maxNames && name !== otherNames) return this.of(method, otherNames);
    const counts = { requests: 0, failed: 0, bytes: 0, totalMs: 0, minMs: Number.POSITIVE_INFINITY };
    const made = { name, method, ...counts, response: new Histogram() };
    this.names.set(key, made);
    return made;
  }
}

const maxNames = 200;
const otherNames = 'further names';
const otherFailures = 'further kinds';
