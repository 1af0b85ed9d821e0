import { columns } from './columns.ts';
import type { Report } from './report.ts';
import { goalRows, loadRows } from './report-rows.ts';

/** The whole report for a person at a terminal. */
export const renderReport = ({ contestants, absent, loads, goals }: Report): string =>
  [
    columns(contestants.map(({ name, about }) => [name, about])),
    ...absent.map(({ name, why }) => `${name} is left out: ${why}`),
    ...loads.flatMap((report) => [
      `${report.load.name}: ${report.load.about}`,
      [
        columns(loadRows(report)),
        ...report.contestants.flatMap(({ name, voids }) => voids.map((text) => `${name}, ${text}`)),
      ].join('\n'),
    ]),
    columns(goalRows(goals)),
  ].join('\n\n');
