import { colourOf, compareNames, dashOf } from './copy-colour.ts';
import { formatCount, formatMs, formatPercent, formatRate } from './format.ts';
import type { Point } from './history.ts';

export type ChartSeries = {
  readonly label: string;
  /** A CSS colour, also with variables. */
  readonly colour: string;
  readonly dash: number[];
  readonly isFilled: boolean;
  /** What is drawn; of stacked series the sum up to this one. */
  readonly drawn: readonly (number | null)[];
  /** What is said, in the same order. */
  readonly texts: readonly string[];
};

export type Chart = {
  readonly id: string;
  readonly title: string;
  readonly isLog: boolean;
  readonly heightPx: number;
  readonly series: readonly ChartSeries[];
};

const line = (
  label: string,
  colour: string,
  values: readonly (number | null)[],
  format: (value: number | null) => string,
  look: Partial<Pick<ChartSeries, 'dash' | 'isFilled'>> = {},
): ChartSeries => ({
  ...{ label, colour, dash: [], isFilled: false, drawn: values, texts: values.map(format) },
  ...look,
});

/** A logarithmic scale has no zero; 1 ms is its lower end. */
const atLeastOneMs = (series: ChartSeries): ChartSeries => ({
  ...series,
  drawn: series.drawn.map((value) => (value === null ? null : Math.max(1, value))),
});

const namesIn = (
  history: readonly Point[],
  pick: (point: Point) => Readonly<Record<string, number>>,
): string[] => [...new Set(history.flatMap((point) => Object.keys(pick(point))))].sort(compareNames);

/** Bands one above the other. The highest sum comes first, so that the lower ones are drawn over it. */
const stack = (history: readonly Point[]): readonly ChartSeries[] => {
  const sums = history.map(() => 0);
  return namesIn(history, ({ byCopy }) => byCopy)
    .map((name) => {
      const values = history.map(({ byCopy }) => byCopy[name] ?? null);
      for (const [at, value] of values.entries()) sums[at] = (sums[at] ?? 0) + (value ?? 0);
      const series = line(name, colourOf(name), values, formatRate, { dash: dashOf(name), isFilled: true });
      return { ...series, drawn: [...sums] };
    })
    .reverse();
};

/** Returns the charts of the time line; all have one value for each point of the history. */
export const chartsOf = (history: readonly Point[], isRate: boolean): readonly Chart[] => {
  const all = <T>(pick: (point: Point) => T): readonly T[] => history.map(pick);
  return [
    {
      id: 'requests',
      title: 'Requests per second, by copy',
      isLog: false,
      heightPx: 150,
      series: stack(history),
    },
    {
      id: 'latency',
      title: 'Response time, log scale from 1 ms',
      isLog: true,
      heightPx: 130,
      series: [
        line(
          'p99',
          'var(--ink)',
          all(({ p99Ms }) => p99Ms),
          formatMs,
        ),
        line(
          'p95',
          'var(--copy-6)',
          all(({ p95Ms }) => p95Ms),
          formatMs,
          { dash: [6, 3] },
        ),
        line(
          'p50',
          'var(--copy-4)',
          all(({ p50Ms }) => p50Ms),
          formatMs,
          { dash: [2, 2] },
        ),
      ].map(atLeastOneMs),
    },
    {
      id: 'failed',
      title: 'Failed per second',
      isLog: false,
      heightPx: 80,
      series: [
        line(
          'failed',
          'var(--fail)',
          all(({ failedPerSecond }) => failedPerSecond),
          formatRate,
          {
            isFilled: true,
          },
        ),
      ],
    },
    {
      id: 'load',
      title: isRate ? 'Rate asked for' : 'Users',
      isLog: false,
      heightPx: 80,
      series: [
        line(
          isRate ? 'requests a second' : 'users',
          'var(--ink-soft)',
          all(({ load }) => load),
          formatCount,
        ),
      ],
    },
    {
      id: 'cpu',
      title: 'CPU by copy, of one core',
      isLog: false,
      heightPx: 100,
      series: namesIn(history, ({ cpuByCopy }) => cpuByCopy).map((name) =>
        line(
          name,
          colourOf(name),
          all(({ cpuByCopy }) => cpuByCopy[name] ?? null),
          formatPercent,
          {
            dash: dashOf(name),
          },
        ),
      ),
    },
  ];
};
