import { type Metric, Registry } from 'prom-client';

/** A value with its labels. */
export type Sample = { readonly labels?: Readonly<Record<string, string | number>>; readonly value: number };

/** The data of a Prometheus histogram: bounds, counts per bucket, and the sum of all observed values. */
export type HistogramSample = {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly bounds: readonly number[];
  /** Counts per bucket, not cumulative, one more than there are bounds: the last counts values above all bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
};

/**
 * The metrics of one process. Code counts its work in plain fields; the functions registered here read those fields
 * only on a scrape, and prom-client renders the text.
 */
export type Metrics = {
  counter(name: string, help: string, samples: () => Iterable<Sample>): void;
  gauge(name: string, help: string, samples: () => Iterable<Sample>): void;
  histogram(name: string, help: string, samples: () => Iterable<HistogramSample>): void;
  render(): Promise<string>;
  readonly contentType: string;
};

type Collected = { get(): Promise<unknown> };

const toPrometheusValues = (name: string, sample: HistogramSample): readonly object[] => {
  const labels = sample.labels ?? {};
  const values: object[] = [];
  let total = 0;
  for (const [index, bound] of sample.bounds.entries()) {
    total += sample.counts[index] ?? 0;
    values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: total });
  }
  total += sample.counts[sample.bounds.length] ?? 0;
  values.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: total });
  values.push({ metricName: `${name}_sum`, labels, value: sample.sum });
  values.push({ metricName: `${name}_count`, labels, value: total });
  return values;
};

export const createMetrics = (): Metrics => {
  const registry = new Registry();
  const register = (name: string, help: string, type: string, values: () => readonly object[]): void => {
    const metric: Collected & { name: string } = {
      name,
      get: () => Promise.resolve({ name, help, type, values: values(), aggregator: 'sum' }),
    };
    // The registry only ever calls get(): a metric need not keep values of its own.
    registry.registerMetric(metric as unknown as Metric<string>);
  };
  const simple = (samples: () => Iterable<Sample>) => () =>
    [...samples()].map(({ labels = {}, value }) => ({ labels, value }));
  return {
    counter: (name, help, samples) => register(name, help, 'counter', simple(samples)),
    gauge: (name, help, samples) => register(name, help, 'gauge', simple(samples)),
    histogram: (name, help, samples) =>
      register(name, help, 'histogram', () =>
        [...samples()].flatMap((sample) => toPrometheusValues(name, sample)),
      ),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
};
