import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../definition/run.ts';
import type { Report } from '../report/report.ts';
import { drawChart } from './draw-chart.ts';
import { renderFigures } from './render-figures.ts';

const page = 'docs/reference/performance.md';

const markersOf = (run: string) => ({
  begin: `<!-- figures of ${run}: written by pnpm bench ${run} --write-docs -->`,
  end: `<!-- end of the figures of ${run} -->`,
});

/** Replaces the figures of this run in the page. Throws when the page has no place for them. */
export const insertFigures = (text: string, run: string, figures: string): string => {
  const { begin, end } = markersOf(run);
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${page} must hold the lines "${begin}" and "${end}"`);
  return `${text.slice(0, from)}${begin}\n\n${figures}\n\n${text.slice(to)}`;
};

/** Writes the figures into the page and draws the chart. Returns both files, relative to the repository. */
export const writeFigures = (
  checkout: string,
  report: Report,
  { chartTitle }: Pick<Run, 'chartTitle'>,
): readonly string[] => {
  const file = join(checkout, page);
  const chart = { file: `performance-${report.run}.svg`, title: chartTitle };
  writeFileSync(file, insertFigures(readFileSync(file, 'utf8'), report.run, renderFigures(report, chart)));
  const chartFile = `docs/reference/${chart.file}`;
  writeFileSync(join(checkout, chartFile), drawChart(report, chartTitle));
  return [page, chartFile];
};
