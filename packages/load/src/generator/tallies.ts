import { Histogram } from '../measure/histogram.ts';

/** The figures of the requests of one name. */
export type NameFigures = {
  readonly name: string;
  readonly method: string;
  requests: number;
  failed: number;
  bytes: number;
  totalMs: number;
  readonly response: Histogram;
};

/** The same, as a thread can send it. */
export type SentNameFigures = Omit<NameFigures, 'response'> & { readonly memory: SharedArrayBuffer };

/** Counts of a thread by name: kinds of failures, tallies of the scenario, figures of each request name. */
export class Tallies {
  readonly failures = new Map<string, number>();
  readonly numbers = new Map<string, number>();
  readonly names = new Map<string, NameFigures>();

  fail(kind: string): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + 1);
  }

  tally(name: string, by = 1): void {
    this.numbers.set(name, (this.numbers.get(name) ?? 0) + by);
  }

  of(method: string, name: string): NameFigures {
    const key = `${method} ${name}`;
    const known = this.names.get(key);
    if (known) return known;
    // A scenario that makes a name of each id would fill the memory.
    if (this.names.size >= maxNames) return this.of(method, 'further names');
    const made = { name, method, requests: 0, failed: 0, bytes: 0, totalMs: 0, response: new Histogram() };
    this.names.set(key, made);
    return made;
  }
}

const maxNames = 200;
