import { Histogram } from './histogram.ts';

const counterNames = ['requests', 'failed', 'dropped', 'users'] as const;
type Counter = (typeof counterNames)[number];

/** What can be passed to a thread. */
export type MeasurementMemory = {
  readonly counters: SharedArrayBuffer;
  readonly response: SharedArrayBuffer;
  readonly service: SharedArrayBuffer;
  readonly lag: SharedArrayBuffer;
};

/** The figures of one thread that generates load, in memory that the main thread reads once a second. */
export class Measurements {
  /** From the moment at which a request was due to the end of its response. */
  readonly response: Histogram;
  /** From the moment at which a request was sent to the end of its response. */
  readonly service: Histogram;
  /** From the moment at which a request was due to the moment at which it was sent: how late the generator is. */
  readonly lag: Histogram;
  readonly #counters: Float64Array;
  readonly #memory: SharedArrayBuffer;

  constructor(memory?: MeasurementMemory) {
    this.response = new Histogram(memory?.response);
    this.service = new Histogram(memory?.service);
    this.lag = new Histogram(memory?.lag);
    this.#memory =
      memory?.counters ?? new SharedArrayBuffer(counterNames.length * Float64Array.BYTES_PER_ELEMENT);
    this.#counters = new Float64Array(this.#memory);
  }

  get memory(): MeasurementMemory {
    const { response, service, lag } = this;
    return { counters: this.#memory, response: response.memory, service: service.memory, lag: lag.memory };
  }

  get(counter: Counter): number {
    return this.#counters[counterNames.indexOf(counter)] ?? 0;
  }

  increase(counter: Counter, by = 1): void {
    const at = counterNames.indexOf(counter);
    this.#counters[at] = (this.#counters[at] ?? 0) + by;
  }

  /** The sum of several. */
  static sum(all: readonly Measurements[]): Measurements {
    const sum = new Measurements();
    for (const one of all) {
      for (const name of counterNames) sum.increase(name, one.get(name));
      sum.response.add(one.response);
      sum.service.add(one.service);
      sum.lag.add(one.lag);
    }
    return sum;
  }
}
