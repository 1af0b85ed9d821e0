import { align } from './align.ts';
import type { Comparison } from './compare-runs.ts';

const formatFigure = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2);

/** A comparison as a table for a terminal of 80 columns, and warnings below it. The names are those of the files. */
export const renderComparison = (
  { figures, warnings }: Comparison,
  [first, second]: readonly [string, string],
): string =>
  [
    `A is ${first}\nB is ${second}`,
    align([
      ['', 'A', 'B', 'B ÷ A', 'better'],
      ...figures.map(({ figure, first: a, second: b, ratio, better }) => [
        figure,
        formatFigure(a),
        formatFigure(b),
        ratio === null ? '–' : ratio.toFixed(2),
        { first: 'A', second: 'B', alike: 'alike' }[better],
      ]),
    ]),
    'Differences up to 5 % count as alike.',
    ...warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n');
