import { columns } from '../text/columns.ts';
import type { Report } from './report.ts';
import { goalRows, loadRows } from './report-rows.ts';

/** Renders the report for a terminal. */
export const renderReport = ({ contestants, absent, loads, goals }: Report): string =>
  [
    columns(contestants.map(({ name, about }) => [name, about])),
    ...absent.map(({ name, why }) => `${name} is skipped: ${why}`),
    ...loads.flatMap((report) => [
      `${report.load.name}: ${report.load.about}`,
      [
        columns(loadRows(report)),
        ...report.contestants.flatMap(({ name, voids }) => voids.map((text) => `${name}, ${text}`)),
      ].join('\n'),
    ]),
    columns(goalRows(goals)),
  ].join('\n\n');
