import type { LoadReport } from '../measure/measure-run.ts';
import type { Summary } from '../measure/statistics.ts';

/** As many digits as mean something: 48,231 · 332 · 9.81 · 0.213. */
export const formatNumber = (value: number): string =>
  new Intl.NumberFormat(
    'en',
    value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  ).format(value);

const spread = ({ median, lowest, highest }: Summary): string =>
  `${formatNumber(median)} (${formatNumber(lowest)}–${formatNumber(highest)})`;

const rowsOf = (report: LoadReport): readonly (readonly string[])[] => {
  const { requestsPerSecond: rate, cpuMicrosPerRequest: cpu } = report;
  return [
    [report.load.name, 'requests/s', spread(rate.measured), spread(rate.peer), spread(rate.ratio)],
    cpu
      ? ['', 'CPU µs/request', spread(cpu.measured), spread(cpu.peer), spread(cpu.ratio)]
      : ['', 'CPU µs/request', '–', '–', '–'],
  ];
};

/** Median and spread of everything, for people. */
export const renderTable = (reports: readonly LoadReport[]): string => {
  const [first] = reports;
  if (!first) return '';
  const rows = [['', '', first.measured, first.peer, 'ratio'], ...reports.flatMap(rowsOf)];
  const widths =
    rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
