import type { LoadRun } from './load-run.ts';

export type Better = 'first' | 'second' | 'alike';

export type ComparedFigure = {
  readonly figure: string;
  readonly first: number;
  readonly second: number;
  /** Second ÷ first; null when the first is 0. */
  readonly ratio: number | null;
  readonly better: Better;
};

export type Comparison = {
  readonly figures: readonly ComparedFigure[];
  /** Why the runs can't be compared without care, as sentences. */
  readonly warnings: readonly string[];
};

/** Two runs of the same load differ by this much without a cause. */
const noise = 0.05;

type Figure = {
  readonly figure: string;
  readonly isLargerBetter: boolean;
  readonly of: (run: LoadRun) => number | undefined;
};

const compared: readonly Figure[] = [
  { figure: 'requests/s', isLargerBetter: true, of: (run) => run.requestsPerSecond },
  {
    figure: 'failed %',
    isLargerBetter: false,
    of: ({ failed, requests }) => (failed / Math.max(1, requests)) * 100,
  },
  ...(['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'] as const).map((name) => ({
    figure: `${name} ms`,
    isLargerBetter: false,
    of: ({ responseTimeMs }: LoadRun) => responseTimeMs[name],
  })),
  { figure: 'limit/s', isLargerBetter: true, of: ({ knee }) => knee?.rate },
];

const judge = (first: number, second: number, isLargerBetter: boolean): Better => {
  if (Math.abs(first - second) <= Math.max(first, second) * noise) return 'alike';
  return second > first === isLargerBetter ? 'second' : 'first';
};

const differences: readonly { readonly name: string; readonly of: (run: LoadRun) => string }[] = [
  { name: 'models', of: ({ model }) => model },
  { name: 'loads', of: ({ load }) => load },
  { name: 'scenarios', of: ({ scenario }) => scenario },
  { name: 'run times', of: ({ durationMs }) => `${Math.round(durationMs / 1000)} s` },
  { name: 'machines', of: ({ machine }) => `${machine.processor}, ${machine.cores} cores` },
  { name: 'generators', of: ({ tool }) => tool?.name ?? 'load' },
];

/** Compares two runs figure by figure. Figures that one of them lacks are left out. */
export const compareRuns = (first: LoadRun, second: LoadRun): Comparison => ({
  figures: compared.flatMap(({ figure, isLargerBetter, of }) => {
    const [a, b] = [of(first), of(second)];
    // A percentile that a tool lacks is null in a file.
    if (typeof a !== 'number' || typeof b !== 'number') return [];
    return {
      figure,
      first: a,
      second: b,
      ratio: a === 0 ? null : b / a,
      better: judge(a, b, isLargerBetter),
    };
  }),
  warnings: [
    ...differences.flatMap(({ name, of }) =>
      of(first) === of(second) ? [] : [`The ${name} differ: ${of(first)}, and ${of(second)}.`],
    ),
    ...[first, second].flatMap(({ generator }, at) =>
      generator?.late === undefined
        ? []
        : [`The times of the ${at === 0 ? 'first' : 'second'} run do not count: ${generator.late}.`],
    ),
    ...[first, second].flatMap(({ tool }) => (tool ? [tool.correction] : [])),
  ],
});
