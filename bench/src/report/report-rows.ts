import { figureNames, figureTitles } from '../definition/figures.ts';
import type { ContestantReport, LoadReport } from '../measure/report-load.ts';
import type { Summary } from '../measure/statistics.ts';
import { formatNumber } from '../text/format-number.ts';
import type { GoalReport } from './judge-goals.ts';

export type Rows = readonly (readonly string[])[];

const spread = ({ median, lowest, highest }: Summary): string =>
  lowest === highest
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(lowest)}–${formatNumber(highest)})`;

const cellsOf = (
  { name, figures, voids }: ContestantReport,
  { peer, rounds }: LoadReport,
  shown: readonly string[],
): readonly string[] => [
  name,
  ...shown.flatMap((figure) => {
    const found = figures.find((one) => one.figure === figure);
    if (!found) return ['–', '–'];
    return [spread(found.own), name === peer ? '1' : found.ratio ? spread(found.ratio) : '–'];
  }),
  voids.length === 0 ? '0' : `${voids.length} of ${rounds.length} rounds void`,
];

/** Table rows of a load: one row for each contestant, two columns for each figure (value and ratio to the peer). */
export const loadRows = (report: LoadReport): Rows => {
  const shown = figureNames.filter((name) =>
    report.contestants.some(({ figures }) => figures.some(({ figure }) => figure === name)),
  );
  return [
    ['', ...shown.flatMap((figure) => [figureTitles[figure], `÷ ${report.peer}`]), 'errors'],
    ...report.contestants.map((contestant) => cellsOf(contestant, report, shown)),
  ];
};

/** Table rows of the goals. */
export const goalRows = (goals: readonly GoalReport[]): Rows => [
  ['goal', 'reached', 'required', ''],
  ...goals.map(({ line, reached, goal, verdict }) => [
    line,
    reached === undefined ? '–' : formatNumber(reached),
    goal,
    verdict,
  ]),
];
